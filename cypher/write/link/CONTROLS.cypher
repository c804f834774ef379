// write/link/CONTROLS — write CONTROLS links as they stand now; generated, do not edit
// params: rows list[map]
// returns: written int
UNWIND $rows AS row
OPTIONAL MATCH (x)-[moved:CONTROLS {lid: row.lid}]->(y)
  WHERE x.uid <> row.source OR y.uid <> row.target
DELETE moved
WITH row
MATCH (a:Entity {uid: row.source})
MATCH (b:Entity {uid: row.target})
MERGE (a)-[r:CONTROLS {lid: row.lid}]->(b)
SET r = row.properties
RETURN count(r) AS written
