// write/gone_elements — take links away by their places, whatever they are
// params: elements list[str]
// returns: none
UNWIND $elements AS element
MATCH (:Entity)-[r]->(:Entity)
WHERE elementId(r) = element
DELETE r
