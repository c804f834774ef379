"""Makes a report package: what may leave, and for each item that may not, why.

Only items of the own force leave: what another force originated is asked of that force. Handling decides the rest; an item
that the discloser may not see is neither packed nor spoken of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.errors import ValueRefusedError
from graphcore.evidence import EntityRecord, LinkRecord, OriginRef
from graphcore.evidence.ledger.item_records import ItemRecords
from graphcore.model import Value
from ingest.package.document import FORMAT, VERSION, Body, Disclosure, ItemPart, seal
from ingest.package.keys import own_key
from ingest.package.records import GradingPart, HandlingPart, ProvenancePart, entity_part, link_part

SOURCE = "intelligence_reports"
WORD_MIN = (
    6  # characters of a value that may be found inside a text; shorter ones must be a field of their own
)


@dataclass(frozen=True, slots=True)
class Release:
    """A disclosure as it is asked for: which report, to whom, by what gateway; ``authorised_by`` for conditional items."""

    report: str
    force: str
    to: str
    gateway: str
    authorised_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Packed:
    """A package file, the items in it, and those held back with the rule that holds them."""

    raw: bytes
    items: tuple[str, ...]
    held_back: tuple[tuple[str, str], ...]


def pack(workspace: Path, items: Sequence[ItemRecords], release: Release) -> Packed:
    """Pack the items of a report that handling lets go.

    Raises:
        ValueRefusedError: no gateway or recipient is named, or nothing of the report may leave.
    """
    if not release.to.strip() or not release.gateway.strip():
        raise ValueRefusedError("name the force that it goes to and the legal gateway")
    if release.to.strip() == release.force:
        raise ValueRefusedError("a package is for another force than the own")
    parts: list[ItemPart] = []
    held: list[tuple[str, str]] = []
    for item in items:
        name = item.document[0].origin.reference
        reasons = sorted(
            {reason for said in item.document if (reason := held_back(said.evidence.label, release))}
        )
        if reasons:
            held.append((name, reasons[0]))
        else:
            parts.append(_part(item))
    if not parts:
        raise ValueRefusedError(_nothing(release.report, held))
    disclosure = Disclosure(
        to=release.to, gateway=release.gateway, authorised_by=release.authorised_by, disclosed_at=release.at
    )
    body = Body(
        format=FORMAT,
        version=VERSION,
        force=release.force,
        report=release.report,
        disclosure=disclosure,
        items=parts,
    )
    return Packed(seal(body, own_key(workspace)), tuple(part.reference for part in parts), tuple(held))


def held_back(label: AccessLabel, release: Release) -> str:
    """The rule that keeps what stands under ``label`` here; "" where it may leave."""
    code = (label.handling_scheme, label.handling_code)
    if label.originator != release.force:
        return "another force originated it: ask that force"
    if label.compartment:
        return "it stands in a compartment: its owner must release it first"
    if code in (("3x5x2", "P"), ("5x5x5", "1"), ("5x5x5", "2")):
        return ""
    if code in (("3x5x2", "C"), ("5x5x5", "3")):
        return (
            "" if release.authorised_by.strip() else "it may leave under conditions: name who authorised it"
        )
    if code in (("5x5x5", "4"), ("5x5x5", "5")):
        return "its handling code allows no dissemination outside the originator"
    return "it has no handling code"


def _nothing(report: str, held: Sequence[tuple[str, str]]) -> str:
    why = "; ".join(f"{name}: {reason}" for name, reason in held)
    return f"nothing of report {report} can be packed" + (f": {why}" if why else ": there is no such report")


def _part(item: ItemRecords) -> ItemPart:
    first = item.document[0]
    evidence = first.evidence
    label, grading = evidence.label, evidence.grading
    said = _Said(item.document)
    links = [link for link in item.links if said.says(link)]
    ends = {end for link in links for end in (link.source, link.target)}
    subjects = [record for record in item.subjects if record.origin in ends and said.says(record)]
    stated: set[OriginRef] = {record.origin for record in (*item.document, *subjects)}
    return ItemPart(
        reference=first.origin.reference,
        grading=None
        if grading is None
        else GradingPart(
            scheme=grading.scheme.value, source=grading.source, intelligence=grading.intelligence
        ),
        handling=HandlingPart.model_validate(
            {
                "scheme": label.handling_scheme,
                "code": label.handling_code,
                "conditions": list(label.handling_conditions),
            }
        ),
        marking=label.marking if label.marking == "OFFICIAL" else "OFFICIAL-SENSITIVE",
        handling_text=" ".join(str(value) for value in first.properties.get("note", ())),
        provenance=ProvenancePart(file=evidence.lineage.file, row=evidence.lineage.row),
        document=[entity_part(record) for record in item.document],
        subjects=[entity_part(record) for record in subjects],
        links=[link_part(link) for link in links if {link.source, link.target} <= stated],
    )


class _Said:
    """What the document itself says: a record of a subject may come from another report, and then stays here.

    An equal statement in two reports is one record, so its lineage does not tell; its words do: every field that it was
    made from must stand in the document as received, under the same label and grading.
    """

    def __init__(self, documents: Iterable[EntityRecord]) -> None:
        self._under = {(record.evidence.label, record.evidence.grading) for record in documents}
        self._values: set[Value] = set()
        self._texts: list[str] = []
        for record in documents:
            self._values.update(record.evidence.original.values())
            self._texts += [
                str(value) for value in record.evidence.original.values() if isinstance(value, str)
            ]

    def says(self, record: EntityRecord | LinkRecord) -> bool:
        """True if the document says this record."""
        if (record.evidence.label, record.evidence.grading) not in self._under:
            return False
        return all(map(self._there, record.evidence.original.values()))

    def _there(self, value: Value) -> bool:
        return value in self._values or (
            len(str(value)) >= WORD_MIN and any(str(value) in text for text in self._texts)
        )
