// write/gone_links — take links away by their lids, whatever their type; generated, do not edit
// params: lids list[str]
// returns: none
UNWIND $lids AS lid
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
DELETE r
