// read/labels — every access label in use
// params: none
// returns: number int, marking str, scheme str, code str, conditions list[str], compartment str, originator str
MATCH (l:AccessLabel)
RETURN l.number AS number, l.marking AS marking, l.handling_scheme AS scheme, l.handling_code AS code,
       coalesce(l.handling_conditions, []) AS conditions, l.compartment AS compartment, l.originator AS originator
ORDER BY number
