// analyst/chain_down — what a person or business owns and controls, up to twelve steps down
// params: owner str
// returns: p path
MATCH p = (o:Entity {caption: $owner})-[:PSC_OF|OWNS|CONTROLS*1..12]->(b:Business)
RETURN p
LIMIT 200
