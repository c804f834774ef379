// read/count_entities — how many entities of each type are visible
// params: labels list[int], as_at str?
// returns: type str, count int
MATCH (n:Entity)
WHERE any(i IN range(0, size(n.access) - 1)
          WHERE n.access[i] IN $labels AND ($as_at IS NULL OR n.known_at[i] <= $as_at))
RETURN head([l IN labels(n) WHERE l <> 'Entity']) AS type, count(*) AS count
ORDER BY type
