// analyst/published — for which audience this graph was published, when it last changed, and whether it is complete
// params: none
// returns: audience str, state str, marking str, changed_at str
MATCH (p:Publication)
RETURN p.audience AS audience, p.state AS state, p.marking AS marking, p.changed_at AS changed_at
