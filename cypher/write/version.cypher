// write/version — note that the graph has changed, where no outbox item is its cause
// params: none
// returns: none
MERGE (s:GraphState {name: 'graph'})
ON CREATE SET s.applied = 0
SET s.version = coalesce(s.version, 0) + 1
