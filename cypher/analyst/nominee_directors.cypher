// analyst/nominee_directors — people who are officers of many businesses that they neither own nor control
// params: least int
// returns: officer str, businesses int, names list[str]
MATCH (p:Person)-[:OFFICER_OF]->(b:Business)
WHERE NOT (p)-[:PSC_OF|OWNS|CONTROLS]->(b)
WITH p, collect(DISTINCT b.caption) AS names
WHERE size(names) >= $least
RETURN p.caption AS officer, size(names) AS businesses, names[..20] AS names
ORDER BY businesses DESC, officer
LIMIT 50
