// analyst/franchise — a brand with its branches, and who stands behind each
// params: business str
// returns: p path
MATCH (head:Business {caption: $business})<-[:FRANCHISE_OF*0..3]-(b:Business)
MATCH p = (b)-[:FRANCHISE_OF|OFFICER_OF|PSC_OF|TRADES_FROM|SUPPLIES]-(x:Entity)
RETURN p
LIMIT 200
