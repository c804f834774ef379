"""Proof reading of the log: every digest computed again, the end held against signed checkpoints.

Rows are hashed as the file holds them, without being taken apart: a million in a few seconds. Cost grows with rows and
bytes; memory does not, but for the entries that are open.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from graphcore.audit.chain import GENESIS
from graphcore.audit.checkpoint import Checkpoint
from graphcore.audit.event import Phase
from graphcore.audit.tables import NAMES
from graphcore.errors import AuditError

_MAX_PROBLEMS = 100
_ROWS = f"SELECT {NAMES} FROM audit WHERE seq > ? ORDER BY seq"  # noqa: S608 -- names of our own
_PHASES = frozenset(Phase)
_INTENT, _OUTCOME = Phase.INTENT.value, Phase.OUTCOME.value


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


def verify_file(
    path: Path, checkpoints: Sequence[Checkpoint], *, start: Checkpoint | None = None
) -> AuditReport:
    """Read the log in order; at most a hundred problems are listed.

    Args:
        path: The audit file; it is opened for reading only.
        checkpoints: Signed ends of the log, from outside its folder and from copies kept elsewhere.
        start: Believe everything up to this end, and read what follows; None: from the first row.
    """
    if not path.exists():
        return AuditReport(0, GENESIS.hex(), ("the audit log is missing",), ())
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        return verify_connection(connection, checkpoints, start=start)
    finally:
        connection.close()


def verify_connection(
    connection: sqlite3.Connection, checkpoints: Sequence[Checkpoint], *, start: Checkpoint | None = None
) -> AuditReport:
    """As :func:`verify_file`, of a log that is open."""
    reading = _Reading({checkpoint.seq: checkpoint.digest for checkpoint in checkpoints}, start)
    if len({(c.seq, c.digest) for c in checkpoints}) != len({c.seq for c in checkpoints}):
        reading.problem(
            "two checkpoints sign different logs: one of them belongs to another, or the log was written anew"
        )
    try:
        reading.take(connection.execute(_ROWS, (reading.seq,)))
    except (sqlite3.Error, AuditError, TypeError, ValueError) as error:
        reading.problem(f"after row {reading.seq}: damaged ({type(error).__name__}: {error})")
    return reading.report()


class _Reading:
    def __init__(self, expected: dict[int, str], start: Checkpoint | None) -> None:
        self.seq, self.digest = (start.seq, bytes.fromhex(start.digest)) if start else (0, GENESIS)
        self._problems: list[str] = []
        self._expected = expected
        self._open: dict[str, None] = {}

    def take(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Check rows in their order."""
        fragment, dumps, loads, sha256 = orjson.Fragment, orjson.dumps, orjson.loads, hashlib.sha256
        last, before, opened, nothing = self.seq, self.digest, self._open, ()
        for row in rows:
            seq, phase, entities, recipients, digest = row[0], row[2], row[13], row[14], row[18]
            fields = [*row[:18]]
            fields[12] = row[12].hex()
            # each must be JSON by itself, or bytes could be moved from one field into the other
            if entities == "[]":
                fields[13] = nothing
            else:
                loads(entities)
                fields[13] = fragment(entities)
            if recipients == "[]":
                fields[14] = nothing
            else:
                loads(recipients)
                fields[14] = fragment(recipients)
            if row[19]:
                fields.append(row[19])
            if sha256(before + dumps(fields)).digest() != digest or seq != last + 1 or phase not in _PHASES:
                self._wrong(last, seq, digest)
            elif seq in self._expected:
                self._check_signed(seq, digest)
            if phase == _INTENT:
                opened[row[3]] = None
            elif phase == _OUTCOME:
                opened.pop(row[3], None)
            self.seq, self.digest = last, before = seq, digest

    def _wrong(self, last: int, seq: int, digest: bytes) -> None:
        if seq != last + 1:
            self.problem(f"row {last + 1} is missing: the next one is {seq}")
        self.problem(f"row {seq} does not follow from the row before: altered, inserted or out of order")
        self._check_signed(seq, digest)

    def _check_signed(self, seq: int, digest: bytes) -> None:
        if self._expected.get(seq, digest.hex()) != digest.hex():
            self.problem(f"row {seq} is not the one that the checkpoint signed: the log was written anew")

    def problem(self, text: str) -> None:
        """Keep it, unless there are very many."""
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(text)

    def report(self) -> AuditReport:
        """What was found."""
        signed = max(self._expected, default=0)
        if signed > self.seq:
            self.problem(
                f"the log ends at row {self.seq}, the checkpoint signed row {signed}: the end was cut off"
            )
        return AuditReport(self.seq, self.digest.hex(), tuple(self._problems), tuple(self._open))
