// analyst/shared_phones — phones used by more than one person or business, most users first
// params: none
// returns: phone str, users int, names list[str]
MATCH (n:Entity)-[:USES_PHONE]->(t:Phone)
WITH t, collect(DISTINCT n) AS found
WHERE size(found) > 1
RETURN t.caption AS phone, size(found) AS users, [n IN found | n.caption][..20] AS names
ORDER BY users DESC, phone
LIMIT 50
