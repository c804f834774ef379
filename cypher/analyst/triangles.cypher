// analyst/triangles — people in the most triangles of acquaintance: the close core of a network
// params: none
// returns: person str, triangles int
MATCH (a:Person)-[:ASSOCIATE_OF|FAMILY_OF|CO_OFFENDS_WITH]-(b:Person)-[:ASSOCIATE_OF|FAMILY_OF|CO_OFFENDS_WITH]-(c:Person)
WHERE b.uid < c.uid AND a <> b AND a <> c AND EXISTS { (a)-[:ASSOCIATE_OF|FAMILY_OF|CO_OFFENDS_WITH]-(c) }
WITH a, count(DISTINCT [b.uid, c.uid]) AS triangles
RETURN a.caption AS person, triangles
ORDER BY triangles DESC, person
LIMIT 25
