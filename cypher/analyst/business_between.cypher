// analyst/business_between — how two people are joined through businesses, shared addresses, phones and accounts
// params: from str, to str
// returns: p path
MATCH (a:Person {caption: $from}), (b:Person {caption: $to})
MATCH p = allShortestPaths((a)-[:OFFICER_OF|PSC_OF|OWNS|CONTROLS|FRANCHISE_OF|SUCCESSOR_OF|SUPPLIES|EMPLOYS|REGISTERED_AT|TRADES_FROM|HOLDS_ACCOUNT|PAYS|USES_PHONE*..8]-(b))
WHERE a <> b
RETURN p
LIMIT 25
