// write/applied — put down the number of the last outbox item in the graph
// params: applied int, shape int
// returns: none
MERGE (s:GraphState {name: 'graph'})
ON CREATE SET s.shape = $shape
SET s.applied = $applied, s.version = coalesce(s.version, 0) + 1
