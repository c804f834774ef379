// analyst/formation_addresses — addresses at which many businesses are registered: a formation agent, or a cover
// params: least int
// returns: address str, businesses int, names list[str]
MATCH (b:Business)-[:REGISTERED_AT]->(l:Location)
WITH l, collect(DISTINCT b.caption) AS names
WHERE size(names) >= $least
RETURN l.caption AS address, size(names) AS businesses, names[..20] AS names
ORDER BY businesses DESC, address
LIMIT 50
