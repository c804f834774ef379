"""Which properties a mapping gives to each type of record, and from which columns: what may be missing."""

from collections.abc import Iterator, Mapping

from graphcore.evidence.ledger import RecordView
from ingest.mapping.model import (
    Constant,
    First,
    FromColumn,
    Joined,
    MappingWords,
    Several,
    ValueOf,
)
from ingest.quality.findings import Missing

Columns = Mapping[str, Mapping[str, frozenset[str]]]


def mapped_properties(words: MappingWords) -> Columns:
    """By type of record and property: the columns from which a value may be left out (``on_error: omit``)."""
    found: dict[str, dict[str, set[str]]] = {}
    for section in words.files:
        for part in (section, *section.repeat):
            for said in (*part.entities.values(), *part.links):
                known = found.setdefault(said.type, {})
                for name, value in said.properties.items():
                    known.setdefault(name, set()).update(_columns(value))
    return {
        of_type: {name: frozenset(columns) for name, columns in known.items()}
        for of_type, known in found.items()
    }


def _columns(value: ValueOf) -> Iterator[str]:
    if value.when is not None:
        return  # what a condition leaves out is not damaged
    if isinstance(value, FromColumn):
        if value.on_error == "omit":
            yield value.column
    elif not isinstance(value, Constant):
        parts = value.join if isinstance(value, Joined) else value.first if isinstance(value, First) else []
        for part in value.list_ if isinstance(value, Several) else parts:
            yield from _columns(part)


class Gaps:
    """Counts, by type and mapped property, the records that give no value."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._records: dict[str, int] = {}
        self._missing: dict[tuple[str, str], int] = {}
        self._omitted: dict[tuple[str, str], int] = {}

    def see(self, record: RecordView) -> None:
        """Look at what a record lacks."""
        known = self._columns.get(record.type)
        if known is None:
            return
        self._records[record.type] = self._records.get(record.type, 0) + 1
        for name, columns in known.items():
            if name not in record.properties:
                given = any(column in record.original for column in columns)
                counts = self._omitted if given else self._missing
                counts[record.type, name] = counts.get((record.type, name), 0) + 1

    def found(self) -> list[Missing]:
        """Every mapped property of the types that the batch has, by type and name."""
        return [
            Missing(
                of_type,
                name,
                total,
                self._missing.get((of_type, name), 0),
                self._omitted.get((of_type, name), 0),
            )
            for of_type, total in sorted(self._records.items())
            for name in sorted(self._columns[of_type])
        ]
