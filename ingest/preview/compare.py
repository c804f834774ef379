"""Mapped records against what the store holds, as one reader may see it. Nothing is written.

Both sides are bound to the reader: what of the file carries a label that they may not see is only counted, and what of the
ledger they may not see is not there, so that "new" never tells of a hidden record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphcore.access import AccessContext, AccessLabel, decide
from graphcore.evidence import EntityRecord, LinkRecord, Record
from graphcore.evidence.ledger import EvidenceView
from graphcore.evidence.ledger.held import Held
from graphcore.evidence.ledger.prepare import discriminator, prepare
from graphcore.model import Value
from graphcore.model.ids import IdMaker
from ingest.preview.model import Change, Preview, Shown, State, Tally

CHUNK = 2_000
EXAMPLES = 40
REMEMBERED = 500_000  # records of one preview that are known to have come before; about 60 MB
_TEXT_MAX = 200


@dataclass(slots=True)
class Comparison:
    """Adds records to a preview, a chunk at a time."""

    into: Preview
    view: EvidenceView
    ids: IdMaker
    context: AccessContext
    _waiting: list[Record] = field(default_factory=list[Record])
    _seen: set[str] = field(default_factory=set[str])
    _allowed: dict[AccessLabel, bool] = field(default_factory=dict[AccessLabel, bool])

    def add(self, records: Sequence[Record]) -> None:
        """Take the records of one row."""
        for record in records:
            label = record.evidence.label
            if label not in self._allowed:
                self._allowed[label] = decide(label, self.context).allow
            if self._allowed[label]:
                self._waiting.append(record)
            else:
                self.into.withheld += 1
        if len(self._waiting) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Compare what waits."""
        records, self._waiting = self._waiting, []
        keys = [self._keys(record) for record in records]
        held = self.view.held(sorted({owner for owner, _ in keys})) if keys else {}
        for record, (owner, rid) in zip(records, keys, strict=True):
            changes = _changes(record, held.get(owner))
            self._note(record, self._state(record, rid, held.get(owner), changes), changes)

    def _keys(self, record: Record) -> tuple[str, str]:
        """Ids of the item and of the record; an event of a series has none of its own."""
        if isinstance(record, LinkRecord) and record.occurrence is not None:
            ends = [
                self.ids.origin(e.source, e.entity_type, e.reference) for e in (record.source, record.target)
            ]
            apart = discriminator(record.link_type, record.reference, record.properties)
            return self.ids.link_origin(record.link_type, ends[0], ends[1], apart), ""
        (row,) = prepare([record], self.ids, 0, "", {}).records
        return row["owner"], row["rid"]

    def _state(self, record: Record, rid: str, held: Held | None, changes: Sequence[Change]) -> State:
        del record
        if rid and (rid in self._seen or (held is not None and rid in held.rids)):
            return "same"
        if rid and len(self._seen) < REMEMBERED:
            self._seen.add(rid)
        if held is None:
            return "new"
        return "changed" if changes else "more"

    def _note(self, record: Record, state: State, changes: tuple[Change, ...]) -> None:
        entity = isinstance(record, EntityRecord)
        tallies = self.into.entities if entity else self.into.links
        name = record.origin.entity_type if isinstance(record, EntityRecord) else record.link_type
        tallies.setdefault(name, Tally()).add(state)
        if len(self.into.examples) < EXAMPLES:
            self.into.examples.append(_shown(record, state, changes))
        if state == "changed" and len(self.into.changed) < EXAMPLES:
            self.into.changed.append(_shown(record, state, changes))


def _changes(record: Record, held: Held | None) -> tuple[Change, ...]:
    """Properties with values that the held records do not have; one that the file leaves out is no change."""
    if held is None:
        return ()
    found: list[Change] = []
    for name, values in record.properties.items():
        old = held.properties.get(name, ())
        if any(value not in old for value in values):
            found.append(Change(name, _texts(old), _texts(values)))
    return tuple(found)


def _shown(record: Record, state: State, changes: tuple[Change, ...]) -> Shown:
    lineage = record.evidence.lineage
    said: Mapping[str, tuple[str, ...]] = {name: _texts(values) for name, values in record.properties.items()}
    if isinstance(record, EntityRecord):
        ref = record.origin
        return Shown(lineage.file, lineage.row, ref.entity_type, ref.reference, "", said, state, changes)
    source, target = record.source.reference, record.target.reference
    return Shown(lineage.file, lineage.row, record.link_type, source, target, said, state, changes)


def _texts(values: Sequence[Value]) -> tuple[str, ...]:
    return tuple(text if len(text := str(value)) <= _TEXT_MAX else f"{text[:_TEXT_MAX]}…" for value in values)
