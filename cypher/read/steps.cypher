// read/steps — visible links out of some entities, ascending by lid, with the entity at the far end
// params: uids list[str], outward bool, inward bool, link_types list[str]?, entity_types list[str]?, avoid list[str], ends list[str], since str?, until str?, per_entity int, labels list[int], as_at str?
// returns: uid str, steps list[list]
UNWIND $uids AS uid
MATCH (n:Entity {uid: uid})
CALL (n) {
  CALL (n) {
    WITH n WHERE $outward
    MATCH (n)-[r]->(m:Entity)
    RETURN r, m, n AS a, m AS b
    UNION ALL
    WITH n WHERE $inward
    MATCH (n)<-[r]-(m:Entity)
    WHERE m <> n OR NOT $outward
    RETURN r, m, m AS a, n AS b
  }
  WITH r, m, a, b
  WHERE ($link_types IS NULL OR type(r) IN $link_types)
    AND ($entity_types IS NULL OR any(l IN labels(m) WHERE l IN $entity_types))
    AND (m.uid IN $ends OR NOT any(l IN labels(m) WHERE l IN $avoid))
  WITH r, m, [i IN range(0, size(r.access) - 1)
              WHERE r.access[i] IN $labels AND ($as_at IS NULL OR r.known_at[i] <= $as_at)
                AND any(j IN range(0, size(a.access) - 1)
                    WHERE a.access[j] IN $labels AND ($as_at IS NULL OR a.known_at[j] <= $as_at)
                      AND coalesce(r.source_origins[i], a.uid) IN ['', coalesce(a.origins[j], a.uid)])
                AND any(j IN range(0, size(b.access) - 1)
                    WHERE b.access[j] IN $labels AND ($as_at IS NULL OR b.known_at[j] <= $as_at)
                      AND coalesce(r.target_origins[i], b.uid) IN ['', coalesce(b.origins[j], b.uid)])] AS seen
  WHERE size(seen) > 0
    AND ($until IS NULL OR any(i IN seen WHERE coalesce(r.starts[i], '') = '' OR r.starts[i] < $until))
    AND ($since IS NULL OR any(i IN seen WHERE coalesce(r.ends[i], '') = '' OR r.ends[i] > $since))
  RETURN r.lid AS lid, m.uid AS far, elementId(r) AS element
  ORDER BY lid
  LIMIT $per_entity
}
RETURN uid, collect([lid, far, element]) AS steps
