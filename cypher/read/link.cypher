// read/link — one visible link by its lid, whatever its type; generated, do not edit
// params: lid str, labels list[int], as_at str?
// returns: lid str, type str, source str, target str, seen list[list]
WITH $lid AS lid
CALL (lid) {
  MATCH (a:Entity)-[r:OFFICER_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:PSC_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:OWNS {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:CONTROLS {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:FRANCHISE_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:SUPPLIES {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:PARTNER_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:EMPLOYS {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:SUCCESSOR_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:KEEPER_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:USES_VEHICLE {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:USES_PHONE {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:USES_IDENTITY {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:HOLDS_ACCOUNT {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:LIVES_AT {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:REGISTERED_AT {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:TRADES_FROM {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:HAS_ADDRESS {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:LOCATED_IN {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:OCCURRED_AT {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:PARTY_TO {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:INVESTIGATED_BY {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:CALLS {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:MESSAGES {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:CORRESPONDENT_IN {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:HAS_CONTACT {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:USED_IN {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:REGISTERED_AS {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:SEEN_AT {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:INSURED_BY {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:PAYS {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:FAMILY_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:ASSOCIATE_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:CO_OFFENDS_WITH {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:MEMBER_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:SUBJECT_OF {lid: lid}]->(b:Entity) RETURN a, r, b
  UNION ALL
  MATCH (a:Entity)-[r:MENTIONS {lid: lid}]->(b:Entity) RETURN a, r, b
}
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
