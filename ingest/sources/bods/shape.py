"""One shape for Beneficial Ownership Data Standard statements of versions 0.2 to 0.4: that of 0.4, with the ends named.

Version 0.4 names records, so a later statement of a record updates it; 0.2 and 0.3 name statements. Nothing is dropped:
the statement as received stands in the row too.
"""

from collections.abc import Mapping
from typing import cast

Fields = Mapping[str, object]
_OLD_TYPES = {
    "entityStatement": "entity",
    "personStatement": "person",
    "ownershipOrControlStatement": "relationship",
}
UNKNOWN_KINDS = frozenset({"unknownEntity", "anonymousEntity", "unknownPerson", "anonymousPerson"})
_OWN = frozenset({"shareholding", "rightsToSurplusAssetsOnDissolution", "rightsToProfitOrIncome"})
_OFFICES = frozenset({"boardMember", "boardChair", "seniorManagingOfficial"})
_UK_SCHEME = "GB-COH"


def fields(value: object) -> Fields:
    """``value`` if it is an object, else an empty one."""
    return cast("Fields", value) if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """``value`` if it is a list, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def text(value: object) -> str:
    """``value`` if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def record_type(statement: Fields) -> str:
    """``entity``, ``person`` or ``relationship``; "" where a statement says none of them."""
    old = _OLD_TYPES.get(text(statement.get("statementType")), "")
    new = text(statement.get("recordType"))
    return old or (new if new in _OLD_TYPES.values() else "")


def record_id(statement: Fields) -> str:
    """What other statements name this one by."""
    return (
        text(statement.get("recordId"))
        or text(statement.get("statementID"))
        or text(statement.get("statementId"))
    )


def details(statement: Fields) -> Fields:
    """The part that says what is stated: the statement itself before version 0.4."""
    return fields(statement.get("recordDetails")) if "recordDetails" in statement else statement


def kind_of(statement: Fields) -> str:
    """The entity type that a statement about an entity or a person becomes; "" for a relationship."""
    kind = record_type(statement)
    if kind == "person":
        return "Unknown" if text(details(statement).get("personType")) in UNKNOWN_KINDS else "Person"
    if kind == "entity":
        return "Unknown" if entity_type(details(statement)) in UNKNOWN_KINDS else "Business"
    return ""


def entity_type(found: Fields) -> str:
    """The type word of an entity: a text before 0.4, inside an object since."""
    return text(found.get("entityType")) or text(fields(found.get("entityType")).get("type"))


def party(value: object) -> tuple[str, Fields | None]:
    """A relationship's end: the reference it names, or why it names none."""
    if isinstance(value, str):
        return value, None
    found = fields(value)
    named = text(found.get("describedByEntityStatement")) or text(found.get("describedByPersonStatement"))
    return named, None if named else fields(found.get("unspecified")) or found


def interests(found: Fields, reference: str, closed_on: str) -> list[dict[str, object]]:
    """The interests of a relationship, each with its family, its share and a reference of its own."""
    rows = [_interest(fields(item), reference, closed_on) for item in items(found.get("interests"))]
    return rows or [_interest({"type": "not stated"}, reference, closed_on)]


def _interest(found: Fields, reference: str, closed_on: str) -> dict[str, object]:
    name = text(found.get("type")).replace("-", " ").strip()
    word = "".join(part[:1].upper() + part[1:] for part in name.split()) if " " in name else name
    word = word[:1].lower() + word[1:] or "not stated"
    low, high = _bounds(fields(found.get("share")))
    level = text(found.get("directOrIndirect")) or text(found.get("interestLevel"))
    family = "own" if word in _OWN else "office" if word in _OFFICES else "control"
    ended = text(found.get("endDate")) or closed_on
    return {
        "family": family,
        "type": "not stated" if word == "notStated" else word,
        "ref": "/".join((reference, word, text(found.get("startDate")))),
        "from": text(found.get("startDate")),
        "to": ended,
        "indirect": {"indirect": "yes", "direct": "no"}.get(level, ""),
        "share_low": low if word == "shareholding" else None,
        "share_high": high if word == "shareholding" else None,
        "voting_low": low if word == "votingRights" else None,
        "voting_high": high if word == "votingRights" else None,
    }


def _bounds(share: Fields) -> tuple[object, object]:
    """Both ends of a share in per cent; an end that is not stated is the end of what is possible."""
    exact = share.get("exact")
    if _is_number(exact):
        return exact, exact
    # 0.2 and 0.3 say with true or false whether an end is exclusive; 0.4 gives the exclusive end itself
    low = next((v for name in ("minimum", "exclusiveMinimum") if _is_number(v := share.get(name))), None)
    high = next((v for name in ("maximum", "exclusiveMaximum") if _is_number(v := share.get(name))), None)
    if low is None and high is None:
        return None, None
    return (0 if low is None else low), (100 if high is None else high)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def identifiers(found: Fields) -> tuple[list[str], str]:
    """Each identifier as "scheme id", and the company number where one is of the UK register."""
    listed = [fields(item) for item in items(found.get("identifiers"))]
    told = [
        " ".join(filter(None, (text(i.get("scheme")) or text(i.get("schemeName")), text(i.get("id")))))
        for i in listed
    ]
    number = next((text(i.get("id")) for i in listed if i.get("scheme") == _UK_SCHEME), "")
    return [line for line in told if line], number
