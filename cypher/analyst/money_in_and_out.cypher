// analyst/money_in_and_out — accounts that pass on most of what they take: in, out and the share passed on
// params: least_pence int
// returns: account str, holders list[str], in_pence int, out_pence int, share_passed_on float
MATCH (a:Account)
// what the statements of both sides give counts once: a payee's line is left out where the payer has one, up to three days apart
WITH a, COLLECT { MATCH (b:Account)-[r:PAYS]->(a) WHERE NOT EXISTS { MATCH (b)-[o:PAYS {statement_of: 'payer', amount_pence: r.amount_pence}]->(a)
       WHERE r.statement_of = 'payee' AND o.currency = r.currency
       AND abs(duration.inDays(datetime(o.valid_from), datetime(r.valid_from)).days) <= 3 } RETURN r.amount_pence } AS taken,
     COLLECT { MATCH (a)-[r:PAYS]->(b:Account) WHERE NOT EXISTS { MATCH (a)-[o:PAYS {statement_of: 'payer', amount_pence: r.amount_pence}]->(b)
       WHERE r.statement_of = 'payee' AND o.currency = r.currency
       AND abs(duration.inDays(datetime(o.valid_from), datetime(r.valid_from)).days) <= 3 } RETURN r.amount_pence } AS given
WITH a, reduce(sum = 0, x IN taken | sum + x) AS in_pence, reduce(sum = 0, x IN given | sum + x) AS out_pence
WHERE in_pence >= $least_pence AND out_pence > 0
RETURN a.caption AS account, COLLECT { MATCH (h:Entity)-[:HOLDS_ACCOUNT]->(a) RETURN h.caption ORDER BY h.caption } AS holders,
       in_pence, out_pence, round(1.0 * out_pence / in_pence, 3) AS share_passed_on
ORDER BY abs(1 - share_passed_on), in_pence DESC, account
LIMIT 50
