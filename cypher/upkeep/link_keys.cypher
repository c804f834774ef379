// upkeep/link_keys — every link's key and place, of one source or of all; for upkeep, never for a reader
// params: source str?
// returns: lid str, element str
MATCH (:Entity)-[r]->(:Entity)
WHERE $source IS NULL OR $source IN r.sources
RETURN r.lid AS lid, elementId(r) AS element
