// upkeep/link_places — key, type and place of everything that joins entities, in no order; never for a reader
// params: none
// returns: lid str, type str, element str
MATCH (:Entity)-[r]->(:Entity)
RETURN coalesce(toString(r.lid), '') AS lid, type(r) AS type, elementId(r) AS element
