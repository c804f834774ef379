// analyst/counts — how many entities of each type there are
// params: none
// returns: type str, entities int
MATCH (n:Entity)
RETURN head([l IN labels(n) WHERE l <> 'Entity']) AS type, count(*) AS entities
ORDER BY entities DESC, type
