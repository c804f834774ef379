// write/entity — write entities as they stand now; what they were before is replaced, type included
// params: rows list[map]
// returns: none
UNWIND $rows AS row
MERGE (n:Entity {uid: row.uid})
WITH n, row, [l IN labels(n) WHERE l <> 'Entity' AND l <> row.type] AS old
REMOVE n:$(old)
SET n = row.properties, n:$(row.type)
