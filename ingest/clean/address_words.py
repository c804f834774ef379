"""Words of United Kingdom addresses: what short forms stand for, and which words end a street's name.

Royal Mail's own lists are licensed and not used; this is common usage, kept here as tables that can be read and argued with.
"""

from typing import Final

SHORT: Final = {
    "rd": "road", "ln": "lane", "la": "lane", "ave": "avenue", "av": "avenue", "avn": "avenue", "cl": "close", "clo": "close", "ct": "court",
    "crt": "court", "cres": "crescent", "cresc": "crescent", "cr": "crescent", "dr": "drive", "drv": "drive",
    "gdn": "garden", "gdns": "gardens", "grdns": "gardens", "gr": "grove", "gro": "grove", "grn": "green", "hl": "hill",
    "pk": "park", "pl": "place", "pde": "parade", "sq": "square", "str": "street", "ter": "terrace", "terr": "terrace",
    "tce": "terrace", "wk": "walk", "wy": "way", "mws": "mews", "mt": "mount", "hse": "house", "ho": "house",
    "bldg": "building", "bldgs": "buildings", "blk": "block", "est": "estate", "ind": "industrial", "trdg": "trading",
    "ctr": "centre", "cntr": "centre", "fm": "farm", "cott": "cottage", "cotts": "cottages", "bsmt": "basement",
    "gt": "great", "lwr": "lower", "upr": "upper", "nr": "near", "vw": "view", "flr": "floor", "gnd": "ground",
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "&": "and",
}  # fmt: skip
UNITS: Final = {
    "flat": "flat", "flt": "flat", "apartment": "flat", "apartments": "flat", "apt": "flat", "appt": "flat", "unit": "unit", "units": "unit",
    "room": "room", "rm": "room", "suite": "suite", "studio": "studio", "maisonette": "maisonette", "plot": "plot",
}  # fmt: skip
FLOORS: Final = frozenset({"basement", "ground", "lower", "upper", "first", "second", "third", "fourth", "fifth", "top", "attic", "floor", "floors", "and"})  # fmt: skip
STREETS: Final = frozenset({
    "road", "street", "lane", "avenue", "close", "court", "crescent", "drive", "garden", "gardens", "grove", "green", "hill",
    "park", "place", "parade", "square", "terrace", "walk", "way", "mews", "mount", "row", "rise", "yard", "wharf", "quay",
    "circus", "croft", "crofts", "dale", "end", "embankment", "esplanade", "fold", "gate", "heights", "passage", "path", "vale", "view",
    "wynd", "brae", "broadway", "parkway", "kingsway", "queensway", "highway", "bypass", "approach", "strand", "promenade",
})  # fmt: skip
BUILDINGS: Final = frozenset({"house", "building", "buildings", "tower", "mansions", "lodge", "cottage", "cottages", "farm", "villa", "hall", "works", "centre", "estate", "block", "point"})  # fmt: skip
COUNTIES: Final = frozenset({
    "avon", "bedfordshire", "berkshire", "buckinghamshire", "cambridgeshire", "cheshire", "cleveland", "cornwall", "cumbria",
    "derbyshire", "devon", "dorset", "durham", "east sussex", "essex", "gloucestershire", "greater manchester",
    "hampshire", "herefordshire", "hertfordshire", "kent", "lancashire", "leicestershire", "lincolnshire", "merseyside",
    "middlesex", "norfolk", "northamptonshire", "northumberland", "north yorkshire", "nottinghamshire", "oxfordshire", "shropshire",
    "somerset", "south yorkshire", "staffordshire", "suffolk", "surrey", "tyne and wear", "warwickshire",
    "west midlands", "west sussex", "west yorkshire", "wiltshire", "worcestershire",
})  # fmt: skip
TOWNS_OF_WORDS: Final = frozenset({
    "milton keynes", "stoke on trent", "st albans", "st helens", "bury st edmunds", "newcastle upon tyne", "burton on trent", "tunbridge wells",
    "great yarmouth", "southend on sea", "king's lynn", "kings lynn", "kings langley", "welwyn garden city", "sutton coldfield",
    "merthyr tydfil", "leamington spa", "weston super mare", "stratford upon avon", "high wycombe", "market harborough", "port talbot",
    "east grinstead", "west bromwich", "bishop auckland", "chester le street", "hemel hempstead", "milton abbas", "st austell", "ashby de la zouch",
})  # fmt: skip
