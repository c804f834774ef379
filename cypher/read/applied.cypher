// read/applied — number of the last outbox item in the graph, and of the last change of the graph
// params: none
// returns: applied int, version int
MATCH (s:GraphState {name: 'graph'})
RETURN s.applied AS applied, coalesce(s.version, 0) AS version
