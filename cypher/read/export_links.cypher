// read/export_links — visible links for arrays, in no order
// params: entity_types list[str]?, link_types list[str]?, labels list[int], as_at str?
// returns: lid str, type str, source str, target str, starts list[str], ends list[str], shares_min list[float], shares_max list[float], amounts list[float], counts list[float], sources list[str]
MATCH (a:Entity)
WHERE ($entity_types IS NULL OR any(l IN labels(a) WHERE l IN $entity_types))
  AND any(i IN range(0, size(a.access) - 1)
          WHERE a.access[i] IN $labels AND ($as_at IS NULL OR a.known_at[i] <= $as_at))
MATCH (a)-[r]->(b:Entity)
WHERE ($link_types IS NULL OR type(r) IN $link_types)
  AND ($entity_types IS NULL OR any(l IN labels(b) WHERE l IN $entity_types))
WITH a, r, b, [i IN range(0, size(r.access) - 1)
               WHERE r.access[i] IN $labels AND ($as_at IS NULL OR r.known_at[i] <= $as_at)
                 AND any(j IN range(0, size(a.access) - 1)
                     WHERE a.access[j] IN $labels AND ($as_at IS NULL OR a.known_at[j] <= $as_at)
                       AND coalesce(r.source_origins[i], a.uid) IN ['', coalesce(a.origins[j], a.uid)])
                 AND any(j IN range(0, size(b.access) - 1)
                     WHERE b.access[j] IN $labels AND ($as_at IS NULL OR b.known_at[j] <= $as_at)
                       AND coalesce(r.target_origins[i], b.uid) IN ['', coalesce(b.origins[j], b.uid)])] AS seen
WHERE size(seen) > 0
RETURN r.lid AS lid, type(r) AS type, a.uid AS source, b.uid AS target, [i IN seen | coalesce(r.starts[i], '')] AS starts,
       [i IN seen | coalesce(r.ends[i], '')] AS ends, [i IN seen | r.shares_min[i]] AS shares_min,
       [i IN seen | r.shares_max[i]] AS shares_max, [i IN seen | r.amounts[i]] AS amounts,
       [i IN seen | r.counts[i]] AS counts, [i IN seen | r.sources[i]] AS sources
