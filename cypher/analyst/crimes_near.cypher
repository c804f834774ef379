// analyst/crimes_near — crimes and incidents within some metres of an address, by category
// params: address str, metres float
// returns: category str, crimes int, nearest_m float
MATCH (l:Location {caption: $address})
WHERE l.latitude IS NOT NULL
WITH l, point({latitude: l.latitude, longitude: l.longitude}) AS here
MATCH (x:Location)<-[:OCCURRED_AT]-(e:Event)
WHERE x.latitude IS NOT NULL
WITH e, point.distance(here, point({latitude: x.latitude, longitude: x.longitude})) AS metres
WHERE metres <= $metres
RETURN e.category AS category, count(DISTINCT e) AS crimes, round(min(metres), 1) AS nearest_m
ORDER BY crimes DESC, category
