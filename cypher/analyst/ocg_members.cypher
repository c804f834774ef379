// analyst/ocg_members — an organised crime group, its members and their roles
// params: group str
// returns: p path
MATCH p = (m:Entity)-[:MEMBER_OF]->(g:OrganisedCrimeGroup {caption: $group})
RETURN p
LIMIT 200
