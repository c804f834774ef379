"""STIX 2.1 bundles (or objects as JSON lines) as rows: objects with the type they become, relationships with typed ends.

An object may name another before it comes. A relationship whose end the bundle lacks is taken if the end's type can be
told from its id; else it is quarantined.
"""

import re
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
from ingest.sources.stix.markings import Markings

Fields = Mapping[str, object]
UNKNOWN = "Unknown"
_CLASSES = {
    "individual": "Person",
    "organization": "Business",
    "group": "Organisation",
    "class": "Organisation",
}
_TYPES: Mapping[str, str] = {
    "location": "Location",
    "threat-actor": "Organisation",
    "intrusion-set": "Organisation",
    "campaign": "Event",
    "incident": "Event",
    "sighting": "Event",
    "observed-data": "Event",
    "report": "Document",
    "grouping": "Document",
    "note": "Document",
    "opinion": "Document",
    "email-message": "Document",
    "email-addr": "OnlineIdentity",
    "user-account": "OnlineIdentity",
    "file": "Document",
}
_KINDS = ("Business", "Document", "Event", "Location", "OnlineIdentity", "Organisation", "Person", UNKNOWN)
_LINKS: Mapping[str, str] = {
    "located-at": "HAS_ADDRESS",
    "owns": "OWNS",
    "controls": "CONTROLS",
    "part-of": "MEMBER_OF",
    "member-of": "MEMBER_OF",
    "employed-by": "MEMBER_OF",
    "works-for": "MEMBER_OF",
}
_ABOUT = ("marking-definition", "extension-definition", "language-content", "bundle")
_ABOVE = "marked SECRET or above: this system may not hold it; report it and remove the object"
_BUNDLE = re.compile(rb'"type"\s*:\s*"bundle"|"objects"')
_NAMING = {"sighting": ("sighting_of_ref", "where_sighted_refs", "observed_data_refs")}


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Rows with ``item``: the entity type that an object becomes, ``link``, or ``about`` for definitions.

    Raises:
        FileRefusedError: not a bundle.
    """
    del section
    scan = scan_text(path, file, "utf-8", lines=False)
    if scan.first not in ("{", "["):
        raise FileRefusedError(
            file, "its content is not JSON", "Give a STIX bundle, or objects as JSON lines."
        )
    inner: Rows
    if scan.first == "[":
        inner = JsonArray(path, scan, "")
    else:
        inner = JsonArray(path, scan, "objects") if _is_bundle(path) else JsonLines(path, scan)
    markings = Markings(inner.rows())
    kinds = KindIndex(_KINDS, _said(inner.rows()))
    return Changed(inner, lambda row: _shaped(cast("Fields", row), kinds, markings))


def _is_bundle(path: Path) -> bool:
    """True for one document: its first line is no whole object of another type than a bundle."""
    with path.open("rb") as stream:
        first = stream.readline(1 << 16)
    return bool(_BUNDLE.search(first)) or not first.rstrip().endswith(b"}")


def kind_of(item: Fields) -> str:
    """The entity type that an object becomes; "" for relationships and definitions."""
    name = item.get("type")
    if not isinstance(name, str) or name == "relationship" or name in _ABOUT:
        return ""
    if name == "identity":
        found = item.get("identity_class")
        return _CLASSES.get(found, UNKNOWN) if isinstance(found, str) else UNKNOWN
    return _TYPES.get(name, UNKNOWN)


def _said(rows: Iterator[Row | BadRow]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if isinstance(row, BadRow):
            continue
        item = cast("Fields", row)
        kind, reference = kind_of(item), item.get("id")
        if kind and isinstance(reference, str):
            yield reference, kind


def _end(value: object, kinds: KindIndex) -> tuple[str, str]:
    """A reference and its type: as the bundle states it, else as its id tells ("" where it does not)."""
    if not isinstance(value, str):
        return "", ""
    return value, kinds.kind(value) or _TYPES.get(value.partition("--")[0], "")


def _shaped(item: Fields, kinds: KindIndex, markings: Markings) -> Row | BadRow:
    name, reference = item.get("type"), item.get("id")
    if not isinstance(name, str) or not name or not isinstance(reference, str) or not reference:
        return _bad("id", "no type or no id", item)
    held = markings.held(item)
    if held.label == "secret":
        return BadRow("object_marking_refs", _ABOVE, "")
    row: dict[str, object] = {
        **item,
        "tlp": "" if held.label == "unknown" else held.label,
        "held_marking": held.marking,
        "held_code": held.code,
        "held_conditions": held.conditions,
    }
    if name == "relationship":
        return _relationship(item, row, kinds)
    kind = kind_of(item)
    row["item"] = kind or "about"
    links, lost = _named(item, reference, kind, kinds)
    return row | {"links": links, "lost": lost}


def _relationship(item: Fields, row: dict[str, object], kinds: KindIndex) -> Row | BadRow:
    source, target = _end(item.get("source_ref"), kinds), _end(item.get("target_ref"), kinds)
    if not source[1] or not target[1]:
        return _bad("source_ref" if not source[1] else "target_ref", "names nothing of this bundle", item)
    word = item.get("relationship_type")
    role = word if isinstance(word, str) else ""
    link_type = _LINKS.get(role, "ASSOCIATE_OF")
    if link_type == "HAS_ADDRESS" and target[1] != "Location":
        link_type = "ASSOCIATE_OF"
    return row | {"item": "link", "links": [_link(link_type, role, source, target)], "lost": []}


def _named(
    item: Fields, reference: str, kind: str, kinds: KindIndex
) -> tuple[list[dict[str, str]], list[str]]:
    """What a report, a note or a sighting names, and the properties that name nothing of the bundle."""
    links: list[dict[str, str]] = []
    lost: set[str] = set()
    names = ("object_refs", *_NAMING.get(str(item.get("type")), ())) if kind in ("Document", "Event") else ()
    for name in names:
        value = item.get(name)
        for given in cast("list[object]", value) if isinstance(value, list) else [value]:
            end = _end(given, kinds)
            if end[1]:
                links.append(_link("MENTIONS", "", (reference, kind), end))
            elif given is not None and not str(given).startswith(("relationship--", "marking-definition--")):
                lost.add(name)
    return links, sorted(lost)


def _link(link_type: str, role: str, source: tuple[str, str], target: tuple[str, str]) -> dict[str, str]:
    return {
        "type": link_type,
        "role": role,
        "source": source[0],
        "source_type": source[1],
        "target": target[0],
        "target_type": target[1],
    }


def _bad(field: str, reason: str, item: Fields) -> BadRow:
    return BadRow(field, reason, shortened(ascii(item)))
