// upkeep/anything — a row where the database holds any node
// params: none
// returns: found bool
MATCH (n)
WITH n
LIMIT 1
RETURN n IS NOT NULL AS found
