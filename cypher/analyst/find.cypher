// analyst/find — anything whose name, number or other searched text begins with a word
// params: text str
// returns: n node, score float
CALL db.index.fulltext.queryNodes('entity_text', toLower($text) + '*') YIELD node AS n, score
RETURN n, score
ORDER BY score DESC, n.uid
LIMIT 25
