// upkeep/publication — for which audience of which workspace this database holds a published graph; no row where it holds none
// params: none
// returns: audience str, graph str, state str
MATCH (p:Publication {name: 'publication'})
RETURN p.audience AS audience, p.graph AS graph, p.state AS state
