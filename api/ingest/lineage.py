"""From a value of an entity or link back to the records, files and rows that say it: of what the reader may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.ingest.shapes import record_body
from api.read import Read
from graphcore.access import highest_marking
from graphcore.evidence.ledger import CorrectionNote, RecordView
from graphcore.model import Value
from graphcore.model.ids import IdMaker

MAX_RECORDS = 2_000


@dataclass(frozen=True, slots=True)
class ValueLineage:
    """One value of one property, and the records that say it, oldest first."""

    property: str
    value: Value
    records: tuple[RecordView, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """All values, by property and text, and the records behind them (all of them where no property was asked for).

    ``corrections`` by rid; ``truncated``: there are more records.
    """

    values: tuple[ValueLineage, ...]
    records: tuple[RecordView, ...]
    corrections: Mapping[str, Sequence[CorrectionNote]]
    truncated: bool
    ids: IdMaker

    def body(self) -> dict[str, object]:
        """As an answer: each record once, values naming theirs by rid."""
        return {
            "values": [
                {"property": one.property, "value": one.value, "rids": [record.rid for record in one.records]}
                for one in self.values
            ],
            "records": [
                record_body(record, self.corrections.get(record.rid, ()), self.ids) for record in self.records
            ],
            "truncated": self.truncated,
            "marking": highest_marking(record.label for record in self.records),
        }


def lineage(read: Read, key: str, wanted: str | None) -> Lineage | None:
    """The lineage of an entity (uid) or link (lid); None where there is none for this reader.

    Args:
        read: Under audit.
        key: A uid or lid.
        wanted: Only values of this property; None: of all.
    """
    found = read.view.entity(key) or read.view.link(key)
    if found is None:
        return None
    records = read.evidence.records(found.rids[:MAX_RECORDS])
    said: dict[tuple[str, str, type], tuple[Value, list[RecordView]]] = {}
    for record in records:
        for name, values in record.properties.items():
            if wanted is None or name == wanted:
                for value in values:
                    said.setdefault((name, str(value), type(value)), (value, []))[1].append(record)
    values = [
        ValueLineage(key[0], value, tuple(who))
        for key, (value, who) in sorted(
            said.items(), key=lambda item: (item[0][0], item[0][1], item[0][2].__name__)
        )
    ]
    read.entry.done(count=len(records), shown=[key])
    saying = {record.rid for value in values for record in value.records}
    shown = tuple(record for record in records if wanted is None or record.rid in saying)
    corrections, more = read.evidence.corrections(records), len(found.rids) > MAX_RECORDS
    return Lineage(tuple(values), shown, corrections, more, read.evidence.ids)
