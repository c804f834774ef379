"""What each FollowTheMoney schema becomes, versions 3 and 4 together: the one table to extend.

``NODES``: schema to entity type and kind. ``EDGES``: schemata that are a link. ``TIES``: properties of a node that name
another entity. A link reads from source to target; a tie that is ``turned`` runs to the node that has the property.
"""

from collections.abc import Mapping
from dataclasses import dataclass

UNKNOWN = "Unknown"
_DOCUMENTS = [
    "Analyzable",
    "Article",
    "Assessment",
    "Audio",
    "Document",
    "Folder",
    "HyperText",
    "Image",
    "Note",
    "Package",
    "Page",
    "Pages",
    "PlainText",
    "Table",
    "Video",
    "Workbook",
]
NODES: Mapping[str, tuple[str, str]] = {
    "Person": ("Person", ""),
    "LegalEntity": (UNKNOWN, ""),
    "Asset": (UNKNOWN, ""),
    "Security": (UNKNOWN, ""),
    "Company": ("Business", "company"),
    "Organization": ("Business", "organisation"),
    "PublicBody": ("Business", "public_body"),
    "Position": ("Organisation", "other"),
    "Address": ("Location", "address"),
    "Territory": ("Location", "area"),
    "RealEstate": ("Location", "premises"),
    "Vehicle": ("Vehicle", "road_vehicle"),
    "Vessel": ("Vehicle", "vessel"),
    "Airplane": ("Vehicle", "aircraft"),
    "BankAccount": ("Account", "bank"),
    "CryptoWallet": ("Account", "crypto_wallet"),
    "UserAccount": ("OnlineIdentity", "handle"),
    "Payment": ("Event", "transaction"),
    "Call": ("Event", "call"),
    "Message": ("Document", "message"),
    "Email": ("Document", "email"),
    "Identification": ("Document", "document"),
    "Passport": ("Document", "document"),
    **dict.fromkeys(_DOCUMENTS, ("Document", "document")),
    **dict.fromkeys(
        [
            "CallForTenders",
            "Contract",
            "CourtCase",
            "Debt",
            "EconomicActivity",
            "Event",
            "License",
            "Project",
            "Risk",
            "Sanction",
            "TaxRoll",
            "Trip",
        ],
        ("Event", "other"),
    ),
}
TYPES = tuple(sorted({name for name, _ in NODES.values()}))


@dataclass(frozen=True, slots=True)
class Tie:
    """A link that a property makes. ``expected``: the type of what is named where the file lacks it."""

    type: str
    role: str = ""
    turned: bool = False
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A schema that is a link from ``source`` to ``target`` (names of properties)."""

    type: str
    source: str
    target: str
    role: str = ""
    expected: tuple[str, str] = ("", "")


EDGES: Mapping[str, Edge] = {
    "Ownership": Edge("OWNS", "owner", "asset"),
    "Control": Edge("CONTROLS", "controller", "controlled"),
    "Directorship": Edge("OFFICER_OF", "director", "organization", expected=("", "Business")),
    "Membership": Edge("MEMBER_OF", "member", "organization", expected=("", "Business")),
    "Employment": Edge("EMPLOYS", "employer", "employee", expected=("Business", "Person")),
    "Occupancy": Edge("MEMBER_OF", "holder", "post", "holder of post", ("Person", "Organisation")),
    "Post": Edge("MEMBER_OF", "holder", "organization", "holder of post", ("Person", "Business")),
    "Family": Edge("FAMILY_OF", "person", "relative", expected=("Person", "Person")),
    "Associate": Edge("ASSOCIATE_OF", "person", "associate", expected=("Person", "Person")),
    "Representation": Edge("ASSOCIATE_OF", "agent", "client", "represents"),
    "UnknownLink": Edge("ASSOCIATE_OF", "subject", "object", "linked"),
    "Succession": Edge("SUCCESSOR_OF", "successor", "predecessor"),
    "Documentation": Edge("MENTIONS", "document", "entity", expected=("Document", "")),
    "Mention": Edge("MENTIONS", "document", "resolved", expected=("Document", "")),
    "CourtCaseParty": Edge("PARTY_TO", "party", "case", "party", ("", "Event")),
    "ProjectParticipant": Edge("PARTY_TO", "participant", "project", "participant", ("", "Event")),
    "ContractAward": Edge("PARTY_TO", "supplier", "contract", "supplier", ("", "Event")),
}

TIES: Mapping[str, Tie] = {
    "addressEntity": Tie("HAS_ADDRESS", expected="Location"),
    "parent": Tie("CONTROLS", "parent", turned=True),
    "issuer": Tie("ASSOCIATE_OF", "issuer"),
    "bank": Tie("ASSOCIATE_OF", "account at", expected="Business"),
    "organization": Tie("ASSOCIATE_OF", "position in", expected="Business"),
    "startLocation": Tie("OCCURRED_AT", expected="Location"),
    "endLocation": Tie("OCCURRED_AT", expected="Location"),
    "partOf": Tie("LOCATED_IN", expected="Location"),
    "pictured": Tie("MENTIONS", "pictured", expected="Person"),
    "emitters": Tie("MENTIONS", "sender"),
}
_EVENT_PARTIES = [
    "payer",
    "payerAccount",
    "beneficiary",
    "beneficiaryAccount",
    "debtor",
    "creditor",
    "caller",
    "receiver",
    "organizer",
    "involved",
    "vehicle",
    "authority",
    "onBehalfOf",
    "tenderers",
    "taxee",
    "declarant",
    "sender",
    "contractHolder",
    "bankAccount",
    "bankRub",
    "bankForeign",
    "transport",
]
# properties that name an entity in one schema and hold a plain text in another
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "Sanction": ("authority",),
    "Risk": ("authority",),
    "Email": ("sender",),
    "Call": ("sender",),
}
_NOT_A_TIE = Tie("")
_CORRESPONDENTS = ("sender", "recipients", "senderAccount", "recipientAccount")


def tie_of(schema: str, name: str) -> Tie:
    """The link that property ``name`` of a node makes; one without a type for a property that names nothing."""
    kind = NODES[schema][0]
    if name in _TEXTS.get(schema, ()):
        return _NOT_A_TIE
    if kind == "Event" and name in _EVENT_PARTIES:
        return Tie("PARTY_TO", name, turned=True)
    if name == "entity" and kind in ("Event", "Document"):
        return Tie("PARTY_TO", "subject", turned=True) if kind == "Event" else Tie("MENTIONS")
    if name in ("holder", "owner", "operator"):
        return _held(kind, name)
    found = (
        Tie("MENTIONS", name)
        if kind == "Document" and name in _CORRESPONDENTS
        else TIES.get(name, _NOT_A_TIE)
    )
    if name == "parent" and kind not in ("Business", UNKNOWN):
        return Tie("LOCATED_IN", expected="Location") if kind == "Location" else _NOT_A_TIE
    return found


def _held(kind: str, name: str) -> Tie:
    if kind == "Document":
        return Tie("MENTIONS", name)
    links = {"Account": "HOLDS_ACCOUNT", "OnlineIdentity": "USES_IDENTITY"}
    other = "USES_VEHICLE" if name == "operator" else "OWNS"
    return Tie(links.get(kind, other), name, turned=True)
