// analyst/shared_accounts — accounts with more than one holder
// params: none
// returns: account str, holders list[str]
MATCH (n:Entity)-[:HOLDS_ACCOUNT]->(a:Account)
WITH a, collect(DISTINCT n.caption) AS holders
WHERE size(holders) > 1
RETURN a.caption AS account, holders
ORDER BY size(holders) DESC, account
LIMIT 50
