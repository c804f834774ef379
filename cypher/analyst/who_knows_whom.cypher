// analyst/who_knows_whom — shortest ways between two nominals through people, phones, vehicles, homes and groups
// params: from str, to str
// returns: p path
MATCH (a:Person {caption: $from}), (b:Person {caption: $to})
MATCH p = allShortestPaths((a)-[:FAMILY_OF|ASSOCIATE_OF|CO_OFFENDS_WITH|MEMBER_OF|USES_PHONE|CALLS|USES_VEHICLE|KEEPER_OF|LIVES_AT|PARTY_TO*..8]-(b))
WHERE a <> b
RETURN p
LIMIT 25
