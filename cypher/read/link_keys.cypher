// read/link_keys — key and place of every visible link, in no order
// params: labels list[int], as_at str?
// returns: lid str, element str
MATCH (a:Entity)
WHERE any(i IN range(0, size(a.access) - 1)
          WHERE a.access[i] IN $labels AND ($as_at IS NULL OR a.known_at[i] <= $as_at))
MATCH (a)-[r]->(b:Entity)
WHERE any(i IN range(0, size(r.access) - 1)
          WHERE r.access[i] IN $labels AND ($as_at IS NULL OR r.known_at[i] <= $as_at))
  AND any(i IN range(0, size(b.access) - 1)
          WHERE b.access[i] IN $labels AND ($as_at IS NULL OR b.known_at[i] <= $as_at))
RETURN r.lid AS lid, elementId(r) AS element
