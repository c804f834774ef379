// upkeep/outgrown — have a graph that an older program wrote in another shape built anew
// params: shape int
// returns: none
MATCH (s:GraphState {name: 'graph'})
WHERE coalesce(s.shape, 1) < $shape
SET s.applied = -1, s.shape = $shape
