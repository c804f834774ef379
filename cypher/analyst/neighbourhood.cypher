// analyst/neighbourhood — everything within two links of an entity, hubs left out
// params: caption str
// returns: p path
MATCH p = (n:Entity {caption: $caption})-[]-(m:Entity)
OPTIONAL MATCH q = (m)-[]-(o:Entity)
WHERE COUNT { (m)--() } <= 30 AND o <> n
RETURN p, q
LIMIT 300
