// read/links_by_element — visible links found a moment ago, with their visible assertions
// params: elements list[str], labels list[int], as_at str?
// returns: lid str, type str, source str, target str, seen list[list]
MATCH (a:Entity)-[r]->(b:Entity)
WHERE elementId(r) IN $elements
WITH a, r, b, [i IN range(0, size(r.access) - 1)
               WHERE r.access[i] IN $labels AND ($as_at IS NULL OR r.known_at[i] <= $as_at)
                 AND any(j IN range(0, size(a.access) - 1)
                     WHERE a.access[j] IN $labels AND ($as_at IS NULL OR a.known_at[j] <= $as_at)
                       AND coalesce(r.source_origins[i], a.uid) IN ['', coalesce(a.origins[j], a.uid)])
                 AND any(j IN range(0, size(b.access) - 1)
                     WHERE b.access[j] IN $labels AND ($as_at IS NULL OR b.known_at[j] <= $as_at)
                       AND coalesce(r.target_origins[i], b.uid) IN ['', coalesce(b.origins[j], b.uid)])
               | [r.rids[i], r.sources[i], r.access[i], r.known_at[i], coalesce(r.gradings[i], ''), r.records[i]]] AS seen
WHERE size(seen) > 0
RETURN r.lid AS lid, type(r) AS type, a.uid AS source, b.uid AS target, seen
ORDER BY lid
