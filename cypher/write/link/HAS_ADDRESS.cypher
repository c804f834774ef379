// write/link/HAS_ADDRESS — write HAS_ADDRESS links as they stand now; generated, do not edit
// params: rows list[map]
// returns: written int
UNWIND $rows AS row
MATCH (a:Entity {uid: row.source})
  USING INDEX SEEK a:Entity(uid)
MATCH (b:Entity {uid: row.target})
  USING INDEX SEEK b:Entity(uid)
OPTIONAL MATCH (x)-[old:HAS_ADDRESS {lid: row.lid}]->(y)
  USING INDEX SEEK old:HAS_ADDRESS(lid)
WITH row, a, b, old, old IS NOT NULL AND x.uid = row.source AND y.uid = row.target AS stays
FOREACH (link IN CASE WHEN stays THEN [old] ELSE [] END | SET link = row.properties)
FOREACH (link IN CASE WHEN stays OR old IS NULL THEN [] ELSE [old] END | DELETE link)
FOREACH (_ IN CASE WHEN stays THEN [] ELSE [1] END |
  CREATE (a)-[link:HAS_ADDRESS]->(b) SET link = row.properties)
RETURN count(row) AS written
