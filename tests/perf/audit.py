"""The audit log: intents of fifty callers at once, and the proof of a million rows."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditEvent, AuditLog, Phase, tables
from graphcore.audit.chain import GENESIS, link
from graphcore.audit.verify import verify_file
from tests.perf.figure import Figure, percentile, rate_figure, time_figure

CALLERS = 50
EACH = 200
OFFERED = 2_000
ROWS = 1_000_000
_WHO = AccessContext(
    "bench", "Bench", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "benchmark", "op-1")
)
_PEER = "sqlite3, WAL, synchronous=FULL, one commit a row"


def intents() -> Iterator[Figure]:
    """Fifty threads, each asking again as soon as it may (rate and wait), then at 2,000 a second together (wait)."""
    with tempfile.TemporaryDirectory() as folder:
        audit = AuditLog.open(Path(folder))

        def begin(number: int) -> None:
            audit.begin(_WHO, Ask("entity.read", {"q": f"Mags Tolliver {number}"}, entities=("e1",)))

        _together(begin, EACH // 4, None)
        waits, took = _together(begin, EACH, None)
        paced, _ = _together(begin, EACH, OFFERED / CALLERS)
        audit.close()
        peer_waits, peer_took = _together(_Peer(Path(folder) / "peer.sqlite3").insert, EACH // 4, None)
    peer_rate = len(peer_waits) / peer_took
    note = f"{CALLERS} threads; hashed, sealed, chained, on disk, and a signed checkpoint for each commit"
    yield rate_figure("audit_intents_per_s", len(waits) / took, "rows/s", (_PEER, peer_rate), note)
    yield time_figure(
        "audit_intent_p99_ms", percentile(waits, 99), "ms", (_PEER, percentile(peer_waits, 99)), note
    )
    told = f"{note}; offered {OFFERED} rows/s together"
    yield time_figure("audit_intent_paced_p99_ms", percentile(paced, 99), "ms", (_PEER, None), told)


def _together(call: Callable[[int], None], each: int, per_s: float | None) -> tuple[list[float], float]:
    """Waits in milliseconds, and the seconds that all of it took."""
    waits: list[float] = []

    def work(place: int) -> None:
        due = time.perf_counter() + (place / CALLERS / per_s if per_s else 0)
        for number in range(each):
            if per_s:
                due += 1 / per_s
                time.sleep(max(0.0, due - time.perf_counter()))
            begun = time.perf_counter()
            call(number)
            waits.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(CALLERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, time.perf_counter() - begun


class _Peer:
    """What is usual: a table, and a commit for each row. No hash, no seal, no chain, no checkpoint."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE log (at, subject, action, purpose, reason, query, entities)")

    def insert(self, number: int) -> None:
        row = (
            "2026-05-01",
            "bench",
            "entity.read",
            "investigation",
            "benchmark",
            f"Mags Tolliver {number}",
            "e1",
        )
        with self._lock:
            self._connection.execute("INSERT INTO log VALUES (?,?,?,?,?,?,?)", row)


def proof() -> Iterator[Figure]:
    """A million rows read, hashed and chained, held against reading and hashing the file's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.sqlite3"
        _fill(path)
        begun = time.perf_counter()
        report = verify_file(path, [])
        took = time.perf_counter() - begun
        if not report.sound or report.rows != ROWS:
            raise RuntimeError(f"the log of the bench is not sound: {report.problems[:3]}")
        begun = time.perf_counter()
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
        peer = time.perf_counter() - begun
    note = f"{ROWS:,} rows; target 5 s"
    yield time_figure("audit_verify_million_s", took, "s", ("sha256 of the file", peer), note)


def _fill(path: Path) -> None:
    connection = tables.connect(path, timeout_s=5)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    digest, at, uid = GENESIS, "2026-05-01T12:00:00.000000Z", ("7hq2m4zc6tq3v5x7a2b4d6fj",)
    for first in range(1, ROWS, 2):
        entry = f"{first:024x}"
        asked = AuditEvent(
            Phase.INTENT, entry, "consultation", "entity.read", "bench", "Bench", "investigation", "who joins the two",
            "op-1", "ab" * 32, bytes(90), uid,
        )  # fmt: skip
        told = AuditEvent(
            Phase.OUTCOME,
            entry,
            "consultation",
            "entity.read",
            "bench",
            entities=uid,
            status="answered",
            count=3,
        )
        pair = [link(digest, first, at, asked)]
        pair.append(link(pair[0].digest, first + 1, at, told))
        digest = pair[1].digest
        tables.insert(connection, pair)
    connection.execute("COMMIT")
    connection.close()


CASES: dict[str, Callable[[], Iterator[Figure]]] = {"audit_intents": intents, "audit_verify": proof}
