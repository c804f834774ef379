// analyst/calls — the calls of a phone in order of time, with who uses the other one
// params: phone str
// returns: started_at str, direction str, other str, users list[str], duration_s int
MATCH (t:Phone {caption: $phone})-[r:CALLS]-(o:Phone)
RETURN r.valid_from AS started_at, CASE WHEN startNode(r) = t THEN 'out' ELSE 'in' END AS direction,
       o.caption AS other, COLLECT { MATCH (u:Entity)-[:USES_PHONE]->(o) RETURN u.caption ORDER BY u.caption } AS users,
       r.duration_s AS duration_s
ORDER BY started_at, other
LIMIT 500
