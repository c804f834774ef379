"""Proof reading of the log: every digest computed again, the end held against a signed checkpoint."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphcore.audit import tables
from graphcore.audit.chain import GENESIS, Checkpoint, row_digest
from graphcore.audit.event import AuditRow, Phase
from graphcore.errors import AuditError

_MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class AuditReport:
    """``problems`` is empty for a sound log. ``unknown_outcomes``: entries begun but never closed (killed in between)."""

    rows: int
    digest: str
    problems: tuple[str, ...]
    unknown_outcomes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """True if nothing was altered, as far as chain and checkpoints can tell."""
        return not self.problems


def verify_file(path: Path, checkpoints: Sequence[Checkpoint]) -> AuditReport:
    """Read the whole log in order; at most a hundred problems are listed.

    Args:
        path: The audit file; it is opened for reading only.
        checkpoints: Signed earlier ends of the log, from beside it and from copies kept elsewhere.
    """
    reading = _Reading({checkpoint.seq: checkpoint.digest for checkpoint in checkpoints})
    try:
        for row in _rows(path):
            reading.take(row)
    except (sqlite3.Error, AuditError) as error:
        reading.problems.append(f"after row {reading.seq}: {error}")
    return reading.report()


def _rows(path: Path) -> Iterator[AuditRow]:
    if not path.exists():
        raise AuditError("the audit log is missing")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        for values in connection.execute("SELECT * FROM audit ORDER BY seq"):
            yield tables.row_of(values)
    finally:
        connection.close()


class _Reading:
    def __init__(self, expected: dict[int, str]) -> None:
        self.seq, self.digest = 0, GENESIS
        self.problems: list[str] = []
        self._expected = expected
        self._open: dict[str, None] = {}

    def take(self, row: AuditRow) -> None:
        if row.seq != self.seq + 1:
            self._problem(f"row {self.seq + 1} is missing: the next one is {row.seq}")
        if row_digest(self.digest, row.seq, row.at, row.event) != row.digest:
            self._problem(
                f"row {row.seq} does not follow from the row before: altered, inserted or out of order"
            )
        if self._expected.get(row.seq, row.digest.hex()) != row.digest.hex():
            self._problem(
                f"row {row.seq} is not the one that the checkpoint signed: the log was written anew"
            )
        if row.event.phase is Phase.INTENT:
            self._open[row.event.entry] = None
        elif row.event.phase is Phase.OUTCOME:
            self._open.pop(row.event.entry, None)
        self.seq, self.digest = row.seq, row.digest

    def _problem(self, text: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(text)

    def report(self) -> AuditReport:
        signed = max(self._expected, default=0)
        if signed > self.seq:
            self._problem(
                f"the log ends at row {self.seq}, the checkpoint signed row {signed}: the end was cut off"
            )
        return AuditReport(self.seq, self.digest.hex(), tuple(self.problems), tuple(self._open))
