// read/search — candidates of a full-text question ascending by uid, with the text of their visible assertions
// params: words str, types list[str]?, labels list[int], as_at str?
// returns: uid str, texts list[str]
CALL db.index.fulltext.queryNodes('entity_text', $words) YIELD node AS n
WHERE $types IS NULL OR any(l IN labels(n) WHERE l IN $types)
WITH n, [i IN range(0, size(n.access) - 1)
         WHERE n.access[i] IN $labels AND ($as_at IS NULL OR n.known_at[i] <= $as_at)
         | coalesce(n.search_text[i], '')] AS texts
WHERE size(texts) > 0
RETURN n.uid AS uid, texts
ORDER BY uid
