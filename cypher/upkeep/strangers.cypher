// upkeep/strangers — how many nodes of a published graph no publication wrote
// params: none
// returns: count int
MATCH (n)
WHERE NOT (n:Entity AND n.uid IS NOT NULL OR n:AccessLabel OR n:Publication)
RETURN count(n) AS count
