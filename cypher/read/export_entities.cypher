// read/export_entities — visible entities for arrays, in no order
// params: entity_types list[str]?, labels list[int], as_at str?
// returns: uid str, type str, caption str
MATCH (n:Entity)
WHERE $entity_types IS NULL OR any(l IN labels(n) WHERE l IN $entity_types)
WITH n, [i IN range(0, size(n.access) - 1)
         WHERE n.access[i] IN $labels AND ($as_at IS NULL OR n.known_at[i] <= $as_at)
         | coalesce(n.captions[i], '')] AS captions
WHERE size(captions) > 0
RETURN n.uid AS uid, head([l IN labels(n) WHERE l <> 'Entity']) AS type,
       coalesce(head([c IN captions WHERE c <> '']), '') AS caption
