// upkeep/link_states — whole links by their place; for upkeep, never for a reader
// params: elements list[str]
// returns: lid str, type str, source str, target str, seen list[list]
MATCH (a:Entity)-[r]->(b:Entity)
WHERE elementId(r) IN $elements
RETURN r.lid AS lid, type(r) AS type, a.uid AS source, b.uid AS target,
       [i IN range(0, size(r.access) - 1)
        | [r.rids[i], r.sources[i], r.access[i], r.known_at[i], coalesce(r.gradings[i], ''), r.records[i]]] AS seen
ORDER BY lid
