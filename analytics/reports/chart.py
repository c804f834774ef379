"""A link chart as values: everything a renderer draws or prints, and nothing that the reader may not see.

Texts are as the sources gave them (renderers make them safe to show); ``label`` fields are already cut and safe.
Positions are whole pixels, x to the right and y down. The order of every list is fixed, so equal input gives an equal
chart, an equal seal and equal files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from analytics.reports.paper import Citation, GradeKey, Paper, Seal
from analytics.reports.wording import load_wording
from graphcore.evidence.ledger.values import RecordView
from graphcore.model import Value

Properties = Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class InferredLink:
    """A link that the platform computed and no source recorded; ``basis`` says how, in words."""

    source: str
    target: str
    label: str
    basis: str


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """``made_at`` is the clock (aware UTC). ``records``: those to cite in the source list, read through the same view."""

    title: str
    made_at: datetime
    operation: str = ""
    inferred: tuple[InferredLink, ...] = ()
    records: tuple[RecordView, ...] = ()
    label_length: int = 42
    max_items: int = 500


@dataclass(frozen=True, slots=True)
class ChartItem:
    """One entity. ``hop`` is its distance from the start of the chart; 0 marks what the chart is about."""

    uid: str
    type: str
    kind: str
    caption: str
    label: str
    hop: int
    x: int
    y: int
    properties: Properties
    sources: tuple[str, ...]
    gradings: tuple[str, ...]
    rids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkDetail:
    """One recorded link behind a line. Times are ISO UTC, None where open."""

    lid: str
    valid_from: str | None
    valid_to: str | None
    properties: Properties
    sources: tuple[str, ...]
    gradings: tuple[str, ...]
    rids: tuple[str, ...]
    strength: str


@dataclass(frozen=True, slots=True)
class ChartLink:
    """One line: all links of one type between two items, one way (both ways where the type has no direction).

    ``id`` is the lowest ``lid`` behind it. ``strength`` is that of its strongest detail. ``total`` adds up the type's
    measure (``unit``: seconds or pence; None where the type has none or currencies differ). ``inferred`` lines have no
    details and say their ``basis``.
    """

    id: str
    type: str
    label: str
    summary: str
    source: str
    target: str
    directed: bool
    strength: str
    count: int
    total: int | None
    unit: str
    valid_from: str | None
    valid_to: str | None
    sources: tuple[str, ...]
    gradings: tuple[str, ...]
    details: tuple[LinkDetail, ...]
    inferred: bool = False
    basis: str = ""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """``kind`` is ``item``, ``link`` or ``line``; ``name`` the type or strength; ``count`` how often it is drawn."""

    kind: str
    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One source: how many items and lines rest on it, and the records cited (where the caller gave records)."""

    source: str
    items: int
    links: int
    records: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class LinkChart:
    """The whole chart. ``truncated``: a limit cut it; more visible material exists."""

    seal: Seal
    paper: Paper
    items: tuple[ChartItem, ...]
    links: tuple[ChartLink, ...]
    legend: tuple[LegendEntry, ...]
    sources: tuple[SourceEntry, ...]
    grade_keys: tuple[GradeKey, ...]
    strength_rule: str
    withheld: str
    truncated: bool

    def content(self) -> dict[str, object]:
        """Everything but the seal: what the seal is taken over."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "seal"}

    def notes(self) -> tuple[str, ...]:
        """Sentences that go on every form of the chart."""
        cut = (load_wording().truncated,) if self.truncated else ()
        return (*cut, self.withheld, self.strength_rule)
