// read/labels — the access labels in use that pass some rules
// params: rules list[list]
// returns: number int, marking str, scheme str, code str, conditions list[str], compartment str, originator str, retention str, pointer str
MATCH (l:AccessLabel)
WITH l, {marking: l.marking, handling: l.handling_scheme + ' ' + l.handling_code, compartment: l.compartment,
         originator: l.originator, retention: coalesce(l.retention, ''), pointer: coalesce(l.pointer, '')} AS label,
     coalesce(l.handling_conditions, []) AS conditions
WHERE all(rule IN $rules WHERE any(way IN rule WHERE all(test IN way WHERE
        CASE test.column
          WHEN 'conditions' THEN all(condition IN conditions WHERE condition IN test.values)
          ELSE coalesce(label[test.column] IN test.values, false)
        END)))
RETURN l.number AS number, l.marking AS marking, l.handling_scheme AS scheme, l.handling_code AS code, conditions,
       l.compartment AS compartment, l.originator AS originator, label.retention AS retention, label.pointer AS pointer
ORDER BY number
