// upkeep/await_indexes — wait until every index can be used
// params: none
// returns: none
CALL db.awaitIndexes(300)
