// upkeep/link_rows — some links as they lie there, to be compared; never for a reader
// params: elements list[str]
// returns: element str, source str, target str, properties map
MATCH (a:Entity)-[r]->(b:Entity)
WHERE elementId(r) IN $elements
RETURN elementId(r) AS element, a.uid AS source, b.uid AS target, properties(r) AS properties
