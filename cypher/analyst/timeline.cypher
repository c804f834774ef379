// analyst/timeline — what a person was party to, in order of time
// params: person str
// returns: at str, kind str, event str, role str, place list[str]
MATCH (p:Person {caption: $person})-[r:PARTY_TO]->(e:Event)
RETURN coalesce(e.occurred_at, e.occurred_on) AS at, e.kind AS kind, e.caption AS event, r.role AS role,
       COLLECT { MATCH (e)-[:OCCURRED_AT]->(l:Location) RETURN l.caption ORDER BY l.caption } AS place
ORDER BY at, event
LIMIT 500
