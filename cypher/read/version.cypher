// read/version — which Neo4j answers
// params: none
// returns: version str, edition str
CALL dbms.components() YIELD name, versions, edition
WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version, edition
