// analyst/dangerous_families — families with several members who were party to a crime
// params: least int
// returns: p path
MATCH (a:Person)-[:FAMILY_OF]-(b:Person)
WHERE EXISTS { (a)-[:PARTY_TO]->(:Event {kind: 'crime'}) }
WITH b, collect(DISTINCT a) AS relatives
WHERE size(relatives) >= $least
UNWIND relatives AS a
MATCH p = (b)-[:FAMILY_OF]-(a)-[:PARTY_TO]->(:Event {kind: 'crime'})
RETURN p
LIMIT 200
