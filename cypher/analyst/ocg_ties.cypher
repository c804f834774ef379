// analyst/ocg_ties — what two organised crime groups share: people, phones, vehicles, addresses, businesses
// params: group str, other str
// returns: p path
MATCH (g:OrganisedCrimeGroup {caption: $group})<-[:MEMBER_OF]-(a:Person)
MATCH (h:OrganisedCrimeGroup {caption: $other})<-[:MEMBER_OF]-(b:Person)
MATCH p = allShortestPaths((a)-[:FAMILY_OF|ASSOCIATE_OF|CO_OFFENDS_WITH|USES_PHONE|USES_VEHICLE|LIVES_AT|OFFICER_OF|PSC_OF*..4]-(b))
WHERE a <> b
RETURN p
LIMIT 50
