// upkeep/clear — empty the store in many small transactions; only run outside a transaction
// params: none
// returns: none
MATCH (n)
WHERE NOT n:GraphState
CALL (n) {
  DETACH DELETE n
} IN TRANSACTIONS OF 5000 ROWS
