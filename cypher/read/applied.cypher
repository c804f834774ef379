// read/applied — number of the last outbox item in the graph
// params: none
// returns: applied int
MATCH (s:GraphState {name: 'graph'})
RETURN s.applied AS applied
