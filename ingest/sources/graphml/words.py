"""Which type a node or an edge of a foreign graph becomes, by the words that people use for them. Unknown stays unknown."""

from collections.abc import Mapping, Sequence

from graphcore.schema.loader import load_schema

UNKNOWN = "Unknown"
OTHER_LINK = "ASSOCIATE_OF"
_WORDS: Mapping[str, Sequence[str]] = {
    "Person": ["person", "people", "nominal", "individual", "actor", "human", "suspect", "member"],
    "Business": ["business", "company", "corporation", "firm", "organisation", "organization", "bank"],
    "Organisation": ["association", "party", "movement"],
    "OrganisedCrimeGroup": ["ocg", "gang", "group", "network"],
    "Vehicle": ["vehicle", "car", "van", "vessel", "aircraft"],
    "Phone": ["phone", "telephone", "mobile", "msisdn", "sim"],
    "Account": ["account", "wallet", "bank account"],
    "Location": ["location", "address", "place", "premises", "area", "property"],
    "Event": ["event", "crime", "incident", "meeting", "call", "transaction"],
    "OnlineIdentity": ["email", "e-mail", "handle", "username", "online identity"],
    "Document": ["document", "report", "file"],
    "Object": ["object", "weapon", "drugs", "cash", "thing"],
    "Operation": ["operation"],
}
_TYPES = {word: name for name, words in _WORDS.items() for word in words}
# link types that a mapping of a graph can state: those without figures that only their own source can fill
LINKS = [
    "ASSOCIATE_OF",
    "CALLS",
    "CONTROLS",
    "CO_OFFENDS_WITH",
    "EMPLOYS",
    "FAMILY_OF",
    "HAS_ADDRESS",
    "HOLDS_ACCOUNT",
    "KEEPER_OF",
    "LIVES_AT",
    "MEMBER_OF",
    "MENTIONS",
    "MESSAGES",
    "OCCURRED_AT",
    "OFFICER_OF",
    "OWNS",
    "PARTNER_OF",
    "PARTY_TO",
    "PAYS",
    "PSC_OF",
    "REGISTERED_AT",
    "SEEN_AT",
    "SUBJECT_OF",
    "SUCCESSOR_OF",
    "SUPPLIES",
    "TRADES_FROM",
    "USES_IDENTITY",
    "USES_PHONE",
    "USES_VEHICLE",
]


def node_type(words: Sequence[str]) -> str:
    """The entity type of the first word that names one: our own name of it, or a usual word."""
    ours = load_schema().entities
    for word in words:
        if word in ours:
            return word
        found = _TYPES.get(word.strip().casefold())
        if found is not None:
            return found
    return UNKNOWN


def link_type(words: Sequence[str]) -> str:
    """The link type of the first word that is one of ours (``OWNS``, ``co offends with``), else an association."""
    for word in words:
        name = "_".join(word.replace("-", " ").replace("_", " ").upper().split())
        if name in LINKS:
            return name
    return OTHER_LINK
