// analyst/phoenix — businesses that follow on another, or start with an officer and the address of a dissolved one
// params: none
// returns: old str, new str, officers list[str], address str
MATCH (p:Person)-[:OFFICER_OF]->(old:Business)-[:REGISTERED_AT|TRADES_FROM]->(l:Location)
MATCH (p)-[:OFFICER_OF]->(new:Business)-[:REGISTERED_AT|TRADES_FROM]->(l)
WHERE old <> new AND old.dissolved_on IS NOT NULL AND coalesce(new.incorporated_on, '') >= left(old.dissolved_on, 4)
RETURN old.caption AS old, new.caption AS new, collect(DISTINCT p.caption) AS officers, l.caption AS address
ORDER BY old, new
LIMIT 50
