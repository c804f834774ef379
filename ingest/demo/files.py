"""Where rows become files, byte for byte the same for the same world.

Damaged rows are mixed in among the good ones, and counted: a load must quarantine exactly these.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Final, TypeVar

from ingest.demo.model import Account, Phone, Vehicle

T = TypeVar("T")
TRUTH_HEADER: Final = ("source", "record_id", "entity_type", "entity_id")


@dataclass(slots=True)
class Truth:
    """Which record means which entity; a record may speak of one entity of each type at most."""

    rows: set[tuple[str, str, str, str]] = field(default_factory=set[tuple[str, str, str, str]])

    def add(self, source: str, record_id: str, entity_type: str, entity_id: str) -> None:
        """Say that this record of this source is about this entity."""
        self.rows.add((source, record_id, entity_type, entity_id))

    def phone(self, source: str, phone: Phone) -> None:
        """A phone is its own record, under its number in international form."""
        self.add(source, f"+44{phone.digits}", "phone", phone.uid)

    def vehicle(self, source: str, vehicle: Vehicle) -> None:
        """A vehicle is its own record, under its registration mark without a space."""
        self.add(source, vehicle.vrm, "vehicle", vehicle.uid)

    def account(self, source: str, account: Account) -> None:
        """An account is its own record, under sort code and number."""
        self.add(source, account.key, "account", account.uid)

    def write(self, path: Path) -> None:
        """Write the rows in order, with the header that an evaluation expects."""
        out = StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(TRUTH_HEADER)
        writer.writerows(sorted(self.rows))
        path.write_bytes(out.getvalue().encode("utf-8"))

    def entities(self) -> dict[str, int]:
        """How many entities of each type the records speak of."""
        seen = {(kind, entity) for _, _, kind, entity in self.rows}
        return dict(sorted(Counter(kind for kind, _ in seen).items()))


@dataclass(slots=True)
class Files:
    """The files of one demo: writes them, and counts good, damaged and dangling rows of each."""

    folder: Path
    truth: Truth = field(default_factory=Truth)
    rows: dict[str, int] = field(default_factory=dict[str, int])
    damaged: dict[str, int] = field(default_factory=dict[str, int])
    dangling: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def csv(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        damaged: Sequence[Sequence[str]] = (),
    ) -> None:
        """Write a delimited file; ``damaged`` rows go in at even distances."""
        lines = _mixed([[_cell(value) for value in row] for row in rows], [list(row) for row in damaged])
        out = StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)
        self._write(name, out.getvalue(), len(lines), len(damaged))

    def jsonl(
        self, name: str, documents: Iterable[Mapping[str, object]], damaged: Sequence[str] = ()
    ) -> None:
        """Write JSON lines; ``damaged`` lines are written as they are."""
        lines = _mixed([json.dumps(document, ensure_ascii=False) for document in documents], list(damaged))
        self._write(name, "\n".join(lines) + "\n", len(lines), len(damaged))

    def dangle(self, name: str, references: Sequence[str]) -> None:
        """Say which rows of a file name something that no file defines."""
        self.dangling[name] = list(references)

    def _write(self, name: str, text: str, rows: int, damaged: int) -> None:
        (self.folder / name).write_bytes(text.encode("utf-8"))
        self.rows[name] = rows
        if damaged:
            self.damaged[name] = damaged


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _mixed(good: list[T], damaged: list[T]) -> list[T]:
    step = len(good) // (len(damaged) + 1)
    for at, row in enumerate(damaged, start=1):
        good.insert(at * step + at - 1, row)
    return good
