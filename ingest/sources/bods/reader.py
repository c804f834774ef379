"""Beneficial ownership statements (an array or JSON lines) as rows of one shape, with the kind of every end.

A relationship may stand before what it names; one that names a record which the file does not hold is quarantined.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow, Rows, shortened
from ingest.readers.changed import Changed
from ingest.readers.json_array import JsonArray
from ingest.readers.json_lines import JsonLines
from ingest.readers.kinds import KindIndex
from ingest.readers.scan import scan_text
from ingest.sources.bods.shape import (
    Fields,
    details,
    entity_type,
    fields,
    identifiers,
    interests,
    items,
    kind_of,
    party,
    record_id,
    record_type,
    text,
)

_KINDS = ("Person", "Business", "Unknown")


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Rows with ``item``: person, entity, unknown or relationship; see shape.py for their fields.

    Raises:
        FileRefusedError: the file is not whole JSON.
    """
    del section
    scan = scan_text(path, file, "utf-8", lines=False)
    if scan.first not in ("{", "["):
        raise FileRefusedError(
            file, "its content is not JSON", "Give statements as an array or as JSON lines."
        )
    inner: Rows = JsonLines(path, scan) if scan.first == "{" else JsonArray(path, scan, "")
    kinds = KindIndex(_KINDS, _said(inner))
    return Changed(inner, lambda row: _shaped(cast("Fields", row), kinds))


def _said(rows: Rows) -> Iterator[tuple[str, str]]:
    for row in rows.rows():
        if isinstance(row, BadRow):
            continue
        statement = cast("Fields", row)
        kind, reference = kind_of(statement), record_id(statement)
        if kind and reference:
            yield reference, kind


def _shaped(statement: Fields, kinds: KindIndex) -> Row | BadRow:
    kind, reference = record_type(statement), record_id(statement)
    if not kind:
        return _bad("recordType", "neither entity, person nor relationship", statement)
    if not reference:
        return _bad("recordId", "is empty", statement)
    status = text(statement.get("recordStatus"))
    base: dict[str, object] = {
        "record": reference,
        "stated_on": text(statement.get("statementDate"))[:10],
        "closed": "Y" if status == "closed" else "",
        "statement": statement,
    }
    if kind == "relationship":
        return _relationship(statement, base, kinds)
    return base | _described(statement)


def _relationship(statement: Fields, base: Mapping[str, object], kinds: KindIndex) -> Row | BadRow:
    found, reference = details(statement), str(base["record"])
    subject, _ = party(found.get("subject"))
    owner, reason = party(found.get("interestedParty"))
    ends: dict[str, object] = {"subject": subject, "subject_type": kinds.kind(subject)}
    if ends["subject_type"] is None:
        return _bad("recordDetails.subject", "names no record of this file", statement)
    if reason is None:
        ends |= {"party": owner, "party_type": kinds.kind(owner)}
        if ends["party_type"] is None:
            return _bad("recordDetails.interestedParty", "names no record of this file", statement)
    else:
        ends |= {"party": f"{reference}/unspecified", "party_type": "Unknown", **_reason(reason)}
    closed_on = str(base["stated_on"]) if base["closed"] else ""
    return {
        **base,
        **ends,
        "item": "relationship" if reason is None else "unspecified",
        "interests": interests(found, reference, closed_on),
    }


def _described(statement: Fields) -> dict[str, object]:
    """A person or an entity; one that the source could not name is ``unknown``, with its reason."""
    found, kind = details(statement), kind_of(statement)
    told, number = identifiers(found)
    names = [fields(name) for name in items(found.get("names"))]
    row: dict[str, object] = {
        "item": {"Person": "person", "Business": "entity"}.get(kind, "unknown"),
        "name": text(found.get("name")),
        "alternate": items(found.get("alternateNames")),
        "born": text(found.get("birthDate")),
        "died": text(found.get("deathDate")),
        "founded": text(found.get("foundingDate")),
        "dissolved": text(found.get("dissolutionDate")),
        "legal_form": text(fields(found.get("entityType")).get("details")),
        "website": text(found.get("uri")),
        "names": [text(name.get("fullName")) or _joined(name) for name in names],
        "given": [text(name.get("givenName")) for name in names],
        "family": [text(name.get("familyName")) for name in names],
        "entity_type": entity_type(found),
        "identifiers": told,
        "company_number": number,
        "addresses": [_address(fields(place)) for place in items(found.get("addresses"))],
        "nationalities": [text(fields(state).get("name")) for state in items(found.get("nationalities"))],
        "country": _place(found),
        "exposed": _exposed(found),
    }
    unknown = fields(found.get("unspecifiedPersonDetails")) or fields(found.get("unspecifiedEntityDetails"))
    return row | (_reason(unknown) if kind == "Unknown" else {})


def _reason(found: Fields) -> dict[str, object]:
    return {"reason": text(found.get("reason")), "description": text(found.get("description"))}


def _joined(name: Fields) -> str:
    return " ".join(filter(None, (text(name.get("givenName")), text(name.get("familyName")))))


def _address(found: Fields) -> str:
    country = text(found.get("country")) or text(fields(found.get("country")).get("name"))
    parts = (text(found.get("address")), text(found.get("postCode")) or text(found.get("postcode")), country)
    return ", ".join(part.strip() for part in parts if part.strip())


def _place(found: Fields) -> str:
    places = (
        found.get("jurisdiction"),
        found.get("incorporatedInJurisdiction"),
        found.get("placeOfResidence"),
    )
    return next(
        (
            name
            for place in places
            if (name := text(fields(place).get("name")) or text(fields(place).get("country")))
        ),
        "",
    )


def _exposed(found: Fields) -> str:
    status = text(fields(found.get("politicalExposure")).get("status"))
    return "Y" if status == "isPep" or found.get("hasPepStatus") is True else ""


def _bad(field: str, reason: str, statement: Fields) -> BadRow:
    return BadRow(field, reason, shortened(ascii(statement)))
