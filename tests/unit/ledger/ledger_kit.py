"""Small ledgers for tests: a fixed key and clock, short ways to say records, and a strict store in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode
from graphcore.errors import StoreError
from graphcore.evidence import EntityRecord, Evidence, Grading, Lineage, LinkRecord, OriginRef, Record
from graphcore.evidence.ledger import AppendCounts, Ledger
from graphcore.model.graph import Value
from graphcore.model.ids import IdMaker
from graphcore.model.times import TimeSpan
from graphcore.store.codec import check_batch
from graphcore.store.fingerprint import fingerprint
from graphcore.store.state import EntityState, GraphBatch, LinkState

IDS = IdMaker(b"0123456789abcdef")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPEN = AccessLabel()
COVERT = AccessLabel(compartment="LARCH")
Properties = Mapping[str, tuple[Value, ...]]


def noon() -> datetime:
    return NOON


def open_ledger(folder: Path) -> Ledger:
    return Ledger.open(folder / "ledger.sqlite3", IDS, clock=noon)


def ref(reference: str, *, source: str = "alpha", entity_type: str = "Person") -> OriginRef:
    return OriginRef(source, entity_type, reference)


def evidence(
    *,
    row: int = 1,
    label: AccessLabel = OPEN,
    grading: Grading | None = None,
    valid: TimeSpan | None = None,
    known_at: datetime | None = None,
    original: Mapping[str, Value] | None = None,
) -> Evidence:
    return Evidence(Lineage("f.csv", row), label, grading, original or {}, valid or TimeSpan(), known_at)


def entity(
    origin: OriginRef, said: Evidence | None = None, kind: str = "", **properties: tuple[Value, ...]
) -> EntityRecord:
    return EntityRecord(
        origin, kind, properties or {"name": (f"Name of {origin.reference}",)}, said or evidence()
    )


def link(
    source: OriginRef,
    target: OriginRef,
    said: Evidence | None = None,
    *,
    link_type: str = "ASSOCIATE_OF",
    stated_by: str = "alpha",
    reference: str = "",
    properties: Properties | None = None,
) -> LinkRecord:
    return LinkRecord(stated_by, link_type, source, target, reference, properties or {}, said or evidence())


_files = count()


def load(ledger: Ledger, *records: Record, file_hash: str | None = None) -> AppendCounts:
    """All records as one finished batch of one append."""
    batch = ledger.begin_batch("alpha", "f.csv", file_hash or f"hash {next(_files)}", "m1")
    counts = ledger.append(batch, records, (), len(records))
    ledger.finish_batch(batch)
    return counts


def context(
    *, compartments: frozenset[str] = frozenset(), as_at: datetime | None = None, reason: str = "a test"
) -> AccessContext:
    purpose = Purpose(PurposeCode.INVESTIGATION, reason)
    return AccessContext("tester", "alpha", Marking.OFFICIAL, purpose, compartments, as_at=as_at)


class StrictStore:
    """A store in memory that refuses every batch against the rules; the oracle of the projection's tests."""

    name = "embedded"

    def __init__(self) -> None:
        self.entities: dict[str, EntityState] = {}
        self.links: dict[str, LinkState] = {}
        self.number = 0
        self.labels: dict[int, AccessLabel] = {}

    def applied(self) -> int:
        return self.number

    def write(self, batch: GraphBatch) -> None:
        check_batch(batch)
        for number, label in batch.labels.items():
            assert self.labels.setdefault(number, label) == label
        for lid in batch.gone_links:
            self.links.pop(lid, None)
        for uid in batch.gone_entities:
            self.entities.pop(uid, None)
            self.links = {k: v for k, v in self.links.items() if uid not in (v.source, v.target)}
        self.entities |= {state.uid: state for state in batch.entities}
        for state in batch.links:
            if not {state.source, state.target} <= self.entities.keys():
                raise StoreError(f"link {state.lid} lacks an end")
            self.links[state.lid] = state
        self.number = batch.applied

    def absorb(self, labels: Mapping[int, AccessLabel], progress: Callable[[int], None]) -> None:
        pass

    def absorbed(self, lids: Collection[str]) -> set[str]:
        del lids
        return set()

    def clear(self) -> None:
        self.entities, self.links, self.labels, self.number = {}, {}, {}, -1

    def fingerprint(self) -> str:
        return fingerprint(
            [self.entities[uid] for uid in sorted(self.entities)],
            [self.links[lid] for lid in sorted(self.links)],
            self.labels,
        )


def uid(origin: OriginRef) -> str:
    """The id of an origin, which is its uid before identity."""
    return IDS.origin(origin.source, origin.entity_type, origin.reference)


def captions(states: Sequence[EntityState]) -> list[str]:
    return sorted(state.assertions[0].caption for state in states)
