// upkeep/entity_states — the next whole entities ascending by uid, of one source or of all; for upkeep, never for a reader
// params: after str, page int, source str?
// returns: uid str, type str, seen list[list]
MATCH (n:Entity)
WHERE n.uid > $after AND ($source IS NULL OR $source IN n.sources)
WITH n
ORDER BY n.uid
LIMIT $page
RETURN n.uid AS uid, head([l IN labels(n) WHERE l <> 'Entity']) AS type,
       [i IN range(0, size(n.access) - 1)
        | [n.rids[i], n.sources[i], n.access[i], n.known_at[i], coalesce(n.gradings[i], ''), n.records[i]]] AS seen
ORDER BY uid
