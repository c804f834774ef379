// upkeep/drop_entities — take entities away with the links left on them, and say how much went with them
// params: uids list[str]
// returns: links int, assertions int
UNWIND $uids AS uid
MATCH (n:Entity {uid: uid})
OPTIONAL MATCH (n)-[r]-(:Entity)
WITH collect(DISTINCT n) AS gone, collect(DISTINCT r) AS links
WITH gone, size(links) AS links, reduce(total = 0, r IN links | total + size(r.rids)) AS assertions
FOREACH (n IN gone | DETACH DELETE n)
RETURN links, assertions
