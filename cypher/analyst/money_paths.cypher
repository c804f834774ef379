// analyst/money_paths — how money can have come from one account to another: each payment not before the one it follows
// params: from str, to str
// returns: p path, pence int
MATCH (a:Account {caption: $from}), (b:Account {caption: $to})
MATCH p = (a)-[:PAYS*1..6]->(b)
WHERE all(i IN range(1, length(p) - 1)
          WHERE relationships(p)[i - 1].valid_from <= relationships(p)[i].valid_from)
RETURN p, reduce(least = 9223372036854775807, r IN relationships(p)
                 | CASE WHEN r.amount_pence < least THEN r.amount_pence ELSE least END) AS pence
ORDER BY length(p), pence DESC
LIMIT 50
