// write/link/MENTIONS — write MENTIONS links as they stand now; generated, do not edit
// params: rows list[map]
// returns: written int
UNWIND $rows AS row
OPTIONAL MATCH (x)-[moved:MENTIONS {lid: row.lid}]->(y)
  WHERE x.uid <> row.source OR y.uid <> row.target
DELETE moved
WITH row
MATCH (a:Entity {uid: row.source})
MATCH (b:Entity {uid: row.target})
MERGE (a)-[r:MENTIONS {lid: row.lid}]->(b)
SET r = row.properties
RETURN count(r) AS written
