// read/count_links — how many links of each type are visible
// params: labels list[int], as_at str?
// returns: type str, count int
MATCH (a:Entity)
WHERE any(i IN range(0, size(a.access) - 1)
          WHERE a.access[i] IN $labels AND ($as_at IS NULL OR a.known_at[i] <= $as_at))
MATCH (a)-[r]->(b:Entity)
WHERE any(i IN range(0, size(r.access) - 1)
          WHERE r.access[i] IN $labels AND ($as_at IS NULL OR r.known_at[i] <= $as_at)
            AND any(j IN range(0, size(a.access) - 1)
                WHERE a.access[j] IN $labels AND ($as_at IS NULL OR a.known_at[j] <= $as_at)
                  AND coalesce(r.source_origins[i], a.uid) IN ['', coalesce(a.origins[j], a.uid)])
            AND any(j IN range(0, size(b.access) - 1)
                WHERE b.access[j] IN $labels AND ($as_at IS NULL OR b.known_at[j] <= $as_at)
                  AND coalesce(r.target_origins[i], b.uid) IN ['', coalesce(b.origins[j], b.uid)]))
RETURN type(r) AS type, count(*) AS count
ORDER BY type
