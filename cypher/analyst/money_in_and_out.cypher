// analyst/money_in_and_out — accounts that pass on most of what they take: in, out and the share passed on
// params: least_pence int
// returns: account str, holders list[str], in_pence int, out_pence int, share_passed_on float
MATCH (a:Account)
WITH a, COLLECT { MATCH (:Account)-[r:PAYS]->(a) RETURN r.amount_pence } AS taken,
     COLLECT { MATCH (a)-[r:PAYS]->(:Account) RETURN r.amount_pence } AS given
WITH a, reduce(sum = 0, x IN taken | sum + x) AS in_pence, reduce(sum = 0, x IN given | sum + x) AS out_pence
WHERE in_pence >= $least_pence AND out_pence > 0
RETURN a.caption AS account, COLLECT { MATCH (h:Entity)-[:HOLDS_ACCOUNT]->(a) RETURN h.caption ORDER BY h.caption } AS holders,
       in_pence, out_pence, round(1.0 * out_pence / in_pence, 3) AS share_passed_on
ORDER BY abs(1 - share_passed_on), in_pence DESC, account
LIMIT 50
