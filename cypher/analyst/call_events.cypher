// analyst/call_events — calls kept as events: who was party to each, in order of time
// params: phone str
// returns: at str, call str, own_role str, other str, other_role str
MATCH (t:Phone {caption: $phone})-[mine:PARTY_TO]->(e:Event {kind: 'call'})<-[theirs:PARTY_TO]-(o:Phone)
RETURN coalesce(e.occurred_at, e.occurred_on) AS at, e.caption AS call, mine.role AS own_role,
       o.caption AS other, theirs.role AS other_role
ORDER BY at, other
LIMIT 500
