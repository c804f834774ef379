// read/entity_page — the next visible entities ascending by uid, with their visible assertions
// params: after str, entity_type str?, page int, labels list[int], as_at str?
// returns: uid str, type str, seen list[list]
MATCH (n:Entity)
WHERE n.uid > $after AND ($entity_type IS NULL OR $entity_type IN labels(n))
WITH n, [i IN range(0, size(n.access) - 1)
         WHERE n.access[i] IN $labels AND ($as_at IS NULL OR n.known_at[i] <= $as_at)
         | i] AS seen
WHERE size(seen) > 0
WITH n, seen
ORDER BY n.uid
LIMIT $page
RETURN n.uid AS uid, head([l IN labels(n) WHERE l <> 'Entity']) AS type,
       [i IN seen | [n.rids[i], n.sources[i], n.access[i], n.known_at[i], coalesce(n.gradings[i], ''), n.records[i]]] AS seen
ORDER BY uid
