// analyst/vulnerable — people with no crime of their own and the most friends and relatives who have one
// params: none
// returns: person str, dangerous_friends int, names list[str]
MATCH (p:Person)-[:ASSOCIATE_OF|FAMILY_OF]-(f:Person)
WHERE NOT EXISTS { (p)-[:PARTY_TO]->(:Event {kind: 'crime'}) }
  AND EXISTS { (f)-[:PARTY_TO]->(:Event {kind: 'crime'}) }
WITH p, collect(DISTINCT f.caption) AS names
RETURN p.caption AS person, size(names) AS dangerous_friends, names[..20] AS names
ORDER BY dangerous_friends DESC, person
LIMIT 25
