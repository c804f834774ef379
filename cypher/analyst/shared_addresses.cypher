// analyst/shared_addresses — addresses where people live and businesses are registered or trade
// params: none
// returns: address str, people list[str], businesses list[str]
MATCH (p:Person)-[:LIVES_AT]->(l:Location)<-[:REGISTERED_AT|TRADES_FROM]-(b:Business)
WITH l, collect(DISTINCT p.caption) AS people, collect(DISTINCT b.caption) AS businesses
RETURN l.caption AS address, people[..20] AS people, businesses[..20] AS businesses
ORDER BY size(people) * size(businesses) DESC, address
LIMIT 50
