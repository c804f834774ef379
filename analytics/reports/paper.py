"""What stands on every printed product: marking, who made it for what purpose, times, keys, and a seal over its content.

The seal is SHA-256 over the canonical JSON of the content (keys sorted, no white space, UTF-8), so that anybody with the
JSON form can check a print against it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, cast

import orjson

from analytics.reports.errors import ReportError
from analytics.reports.text import span, storable
from analytics.reports.wording import handling_text, handling_words
from graphcore.access import AccessContext, AccessLabel, Marking, highest_marking
from graphcore.evidence import GradingScheme, grade_key
from graphcore.evidence.ledger.values import RecordView
from graphcore.model import iso_utc
from graphcore.store.port import GraphView

_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Paper:
    """The head of a product; times are ISO UTC."""

    title: str
    operation: str
    marking: str
    author: str
    organisation: str
    purpose: str
    reason: str
    as_at: str
    made_at: str


@dataclass(frozen=True, slots=True)
class GradeKey:
    """The printed key of one grading scheme: part -> value -> words."""

    scheme: str
    parts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Citation:
    """One record behind a product, as an evidence list prints it. ``number`` counts from 1 in order of the list."""

    number: int
    rid: str
    kind: str
    type: str
    source: str
    reference: str
    grading: str
    grading_words: str
    marking: str
    handling: str
    handling_words: str
    compartment: str
    originator: str
    valid: str
    known_at: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Seal:
    """``id`` names the product and is the start of its hash; ``sha256`` is in hexadecimal."""

    id: str
    sha256: str


def make_paper(
    view: GraphView, labels: Iterable[int], title: str, operation: str, made_at: datetime
) -> Paper:
    """The head of a product made from records under ``labels`` (numbers) of ``view``.

    Raises:
        ReportError: the view gives no purpose, or does not know a label: nothing is printed under a guessed marking.
    """
    context = view.context
    if context.purpose is None:
        raise ReportError("a product needs a purpose: read through a context that gives one")
    return Paper(
        title=storable(title),
        operation=storable(operation or context.purpose.operation),
        marking=_marking(view, labels).value,
        author=storable(context.subject),
        organisation=storable(context.organisation),
        purpose=context.purpose.code.value,
        reason=storable(context.purpose.reason),
        as_at=_as_at(context, made_at),
        made_at=iso_utc(made_at),
    )


def _marking(view: GraphView, labels: Iterable[int]) -> Marking:
    used: list[AccessLabel] = []
    for number in labels:
        if number not in view.labels:
            raise ReportError(
                "a record carries an access label that the view does not allow: make the product again"
            )
        used.append(view.labels[number])
    return highest_marking(used)


def _as_at(context: AccessContext, made_at: datetime) -> str:
    return iso_utc(context.as_at or made_at)


def grade_keys(gradings: Iterable[str]) -> tuple[GradeKey, ...]:
    """Keys of the schemes in use; ``gradings`` are ``scheme:code`` texts. Both schemes where none is in use."""
    used = {grading.partition(":")[0] for grading in gradings}
    schemes = [scheme for scheme in GradingScheme if scheme.value in used] or list(GradingScheme)
    return tuple(GradeKey(scheme.value, grade_key(scheme)) for scheme in schemes)


def handling_keys(citations: Iterable[Citation]) -> tuple[tuple[str, str], ...]:
    """The handling codes in use and what they mean, by code."""
    return tuple(sorted({(c.handling, c.handling_words) for c in citations if c.handling_words}))


def cite(records: Iterable[RecordView]) -> tuple[Citation, ...]:
    """The evidence list: one citation a record, by (source, reference, seq), numbered from 1."""
    ordered = sorted(
        {r.rid: r for r in records}.values(), key=lambda r: (r.source, r.reference, r.seq, r.rid)
    )
    return tuple(_citation(number, record) for number, record in enumerate(ordered, start=1))


def _citation(number: int, record: RecordView) -> Citation:
    grading, label = record.grading, record.label
    start, end = record.valid.start, record.valid.end
    return Citation(
        number=number,
        rid=record.rid,
        kind=str(record.kind),
        type=record.type,
        source=storable(record.source),
        reference=storable(record.reference),
        grading=f"{grading.scheme}:{grading.code}" if grading else "",
        grading_words=grading.describe() if grading else "not graded",
        marking=str(label.marking),
        handling=handling_text(label),
        handling_words=handling_words(label),
        compartment=label.compartment,
        originator=storable(label.originator),
        valid=span(iso_utc(start) if start else None, iso_utc(end) if end else None),
        known_at=iso_utc(record.known_at),
        file=storable(record.file),
        row=record.row,
    )


def to_json(value: object) -> bytes:
    """Canonical JSON of dataclasses and plain values: keys sorted, no white space, UTF-8.

    Texts lose lone surrogates; integers that other programs would round become texts. Numbers of access labels stay inside:
    they count the labels that came before, those among them that the reader may not know.
    """
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {
            storable(str(key)): _plain(item) for key, item in cast("Mapping[object, object]", value).items()
        }
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("Sequence[object]", value)]
    if is_dataclass(value) and not isinstance(value, type):
        named = (field.name for field in fields(value) if field.name != "labels")
        return {name: _plain(getattr(value, name)) for name in named}
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, str):
        return storable(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= _EXACT else str(value)
    return iso_utc(value) if isinstance(value, datetime) else value


def seal(prefix: str, content: object) -> Seal:
    """The seal of some content; equal content has an equal seal."""
    digest = hashlib.sha256(to_json(content)).hexdigest()
    return Seal(f"{prefix}-{digest[:12].upper()}", digest)


def sealed_document(format_name: str, content: object, stamp: Seal) -> bytes:
    """The JSON file of a product: ``format``, ``version``, ``id``, ``sha256`` (over ``content``), ``content``."""
    head = {"format": format_name, "version": 1, "id": stamp.id, "sha256": stamp.sha256}
    return to_json({**head, "content": content})


def verify_document(document: bytes) -> bool:
    """True if the content of a sealed JSON file still has the hash that the file states."""
    loaded = cast("dict[str, Any]", orjson.loads(document))
    return hashlib.sha256(to_json(loaded["content"])).hexdigest() == loaded["sha256"]
