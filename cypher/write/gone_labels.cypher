// write/gone_labels — take away what some access label numbers stand for
// params: numbers list[int]
// returns: none
MATCH (l:AccessLabel)
WHERE l.number IN $numbers
DETACH DELETE l
