// upkeep/missing_ends — which of some entities are not in the store
// params: uids list[str]
// returns: uid str
UNWIND $uids AS uid
OPTIONAL MATCH (n:Entity {uid: uid})
WITH uid, n
WHERE n IS NULL
RETURN uid
ORDER BY uid
LIMIT 10
