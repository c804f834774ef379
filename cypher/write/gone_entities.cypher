// write/gone_entities — take entities away, and the links that are left on them
// params: uids list[str]
// returns: none
UNWIND $uids AS uid
MATCH (n:Entity {uid: uid})
DETACH DELETE n
