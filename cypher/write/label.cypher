// write/label — put down what an access label number stands for
// params: rows list[map]
// returns: none
UNWIND $rows AS row
MERGE (l:AccessLabel {number: row.number})
SET l = row
