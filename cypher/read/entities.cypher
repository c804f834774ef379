// read/entities — the visible ones of some entities, with their visible assertions
// params: uids list[str], labels list[int], as_at str?
// returns: uid str, type str, seen list[list]
UNWIND $uids AS uid
MATCH (n:Entity {uid: uid})
WITH n, [i IN range(0, size(n.access) - 1)
         WHERE n.access[i] IN $labels AND ($as_at IS NULL OR n.known_at[i] <= $as_at)
         | [n.rids[i], n.sources[i], n.access[i], n.known_at[i], coalesce(n.gradings[i], ''), n.records[i]]] AS seen
WHERE size(seen) > 0
RETURN n.uid AS uid, head([l IN labels(n) WHERE l <> 'Entity']) AS type, seen
ORDER BY uid
