// analyst/ocg_businesses — businesses that members of organised crime groups run, own or control
// params: none
// returns: group str, business str, members list[str], ties list[str]
MATCH (m:Person)-[:MEMBER_OF]->(g:OrganisedCrimeGroup)
MATCH (m)-[r:OFFICER_OF|PSC_OF|OWNS|CONTROLS]->(b:Business)
RETURN g.caption AS group, b.caption AS business, collect(DISTINCT m.caption) AS members, collect(DISTINCT type(r)) AS ties
ORDER BY size(members) DESC, group, business
LIMIT 100
