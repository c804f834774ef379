// analyst/evidence — the records behind an entity, oldest first: source, grading, when it was known, and the record itself
// params: uid str
// returns: rid str, source str, grading str, known_at str, record str
MATCH (n:Entity {uid: $uid})
UNWIND range(0, size(n.rids) - 1) AS i
RETURN n.rids[i] AS rid, n.sources[i] AS source, n.gradings[i] AS grading, n.known_at[i] AS known_at, n.records[i] AS record
