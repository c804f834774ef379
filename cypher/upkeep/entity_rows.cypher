// upkeep/entity_rows — the next entities ascending by uid as they lie there, to be compared; never for a reader
// params: after str, page int
// returns: uid str, types list[str], properties map
MATCH (n:Entity)
WHERE n.uid > $after
WITH n
ORDER BY n.uid
LIMIT $page
RETURN n.uid AS uid, [l IN labels(n) WHERE l <> 'Entity'] AS types, properties(n) AS properties
ORDER BY uid
