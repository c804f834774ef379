// write/version — note that the graph has changed, where no outbox item is its cause
// params: shape int
// returns: none
MERGE (s:GraphState {name: 'graph'})
ON CREATE SET s.applied = 0, s.shape = $shape
SET s.version = coalesce(s.version, 0) + 1
