// write/publication — put down for whom this graph is published, and whether it is complete
// params: properties map
// returns: none
MERGE (p:Publication {name: 'publication'})
SET p += $properties
