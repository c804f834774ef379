// write/applied — put down the number of the last outbox item in the graph
// params: applied int
// returns: none
MERGE (s:GraphState {name: 'graph'})
SET s.applied = $applied, s.version = coalesce(s.version, 0) + 1
