// analyst/chain_up — who owns and controls a business, up to twelve steps, with the share of each step
// params: business str
// returns: p path
MATCH p = (top:Entity)-[:PSC_OF|OWNS|CONTROLS*1..12]->(b:Business {caption: $business})
RETURN p
LIMIT 200
