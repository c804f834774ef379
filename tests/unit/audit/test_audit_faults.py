"""The log under faults: locked, full, two processes at once, a kill between intent and answer, a clock that jumps."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditLog, Status
from graphcore.audit.keys import AuditKeys
from graphcore.audit.seal import unseal
from graphcore.errors import AuditError

ANN = AccessContext(
    "ann", "Northshire", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "who, why", "Larkspur")
)
ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import sys
from pathlib import Path
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditLog
who = AccessContext(sys.argv[2], "N", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "why"))
audit = AuditLog.open(Path(sys.argv[1]))
print("open", flush=True)
for number in range(int(sys.argv[3])):
    entry = audit.begin(who, Ask("search", {"q": number}))
    if sys.argv[4] == "close":
        entry.close()
print("done", flush=True)
sys.stdin.read()
"""


def child(folder: Path, who: str, rows: int, then: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), who, str(rows), then],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.catalogue("U16")
def test_two_processes_write_one_chain_without_fork_or_gap(tmp_path: Path) -> None:
    AuditLog.open(tmp_path).close()
    children = [child(tmp_path, who, 150, "close") for who in ("one", "two", "three")]
    for process in children:
        process.communicate("")
        assert process.returncode == 0
    audit = AuditLog.open(tmp_path)
    report = audit.verify()
    assert (report.problems, report.rows, report.unknown_outcomes) == ((), 3 * 300, ())
    assert [row.seq for row in audit.rows(0, 1000)] == list(range(1, 901))
    assert audit.checkpoint().seq == 900
    assert {row.event.subject for row in audit.rows(0, 1000)} == {"one", "two", "three"}


@pytest.mark.catalogue("U04")
def test_process_killed_between_intent_and_answer_is_listed_as_unknown_outcome(tmp_path: Path) -> None:
    process = child(tmp_path, "ann", 3, "leave open")
    assert process.stdout is not None
    while process.stdout.readline().strip() != "done":
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert process.stdin is not None
    process.stdin.close()
    audit = AuditLog.open(tmp_path)
    report = audit.verify()
    assert report.sound
    assert report.unknown_outcomes == tuple(row.event.entry for row in audit.rows())
    assert len(report.unknown_outcomes) == 3


@pytest.mark.catalogue("U16")
def test_kill_at_any_moment_leaves_a_sound_chain_that_goes_on(tmp_path: Path) -> None:
    for round_number in range(5):
        process = child(tmp_path, f"round {round_number}", 100_000, "close")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 * (round_number + 1))
        process.kill()
        process.wait()
        process.stdout.close()
        assert process.stdin is not None
        process.stdin.close()
        audit = AuditLog.open(tmp_path)
        report = audit.verify()
        assert report.sound, report.problems
        assert audit.checkpoint().seq <= report.rows
        audit.close()


@pytest.mark.catalogue("U01")
def test_log_locked_by_another_process_fails_closed_after_its_patience(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    assert audit._writer.timeout_s == 5.0
    other = sqlite3.connect(tmp_path / "audit.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(AuditError, match="nothing was read"):
        audit.begin(ANN, Ask("search"))
    assert 4.5 < time.monotonic() - begun < 9
    other.execute("ROLLBACK")
    other.close()
    audit.begin(ANN, Ask("search")).close()
    assert audit.verify().rows == 2


@pytest.mark.catalogue("U02")
def test_no_space_for_the_checkpoint_fails_closed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = AuditLog.open(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(AuditError, match=r"No space left.*nothing was read"):
        audit.begin(ANN, Ask("search"))
    monkeypatch.undo()
    audit.begin(ANN, Ask("search")).close()
    assert audit.verify().sound


@pytest.mark.catalogue("U15")
def test_clock_drift_is_on_record_and_the_sequence_holds(tmp_path: Path) -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    times = iter([now, now - timedelta(hours=1), now + timedelta(days=365), now + timedelta(days=365)])
    audit = AuditLog.open(tmp_path, clock=lambda: next(times))
    for _ in range(4):
        audit.note("ann", "sign-in", Status.ANSWERED)
    rows = audit.rows()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5, 6]
    drifts = [(row.seq, row.event.status) for row in rows if row.event.action == "clock.drift"]
    assert drifts == [(2, "back"), (4, "jump")]
    assert audit.verify().sound


@pytest.mark.catalogue("U15")
def test_clock_that_went_back_between_two_starts_is_on_record(tmp_path: Path) -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    for moment in (now, now - timedelta(hours=1)):
        audit = AuditLog.open(tmp_path, clock=lambda moment=moment: moment)
        audit.note("ann", "sign-in", Status.ANSWERED)
        audit.close()
    assert [row.event.action for row in audit.rows()] == ["sign-in", "clock.drift", "sign-in"]


def test_ends_of_every_so_many_rows_are_kept_and_a_cut_line_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphcore.audit.checkpoint.KEPT_ROWS", 20)
    audit = AuditLog.open(tmp_path, checkpoint=tmp_path / "elsewhere" / "end")
    for _ in range(25):
        audit.begin(ANN, Ask("search")).close()
    kept = list(audit.checkpoints.kept())
    assert [one.seq for one in kept] == [20, 40]
    assert (tmp_path / "elsewhere" / "end").stat().st_size == 512
    with audit.checkpoints.list_path.open("ab") as file:
        file.write(b'{"seq": 9')
    assert [one.seq for one in audit.checkpoints.kept()] == [20, 40]
    audit.close()
    assert AuditLog.open(tmp_path, checkpoint=tmp_path / "elsewhere" / "end").verify().sound


def test_end_copied_to_another_machine_is_checked_with_the_public_key_alone(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    audit.note("ann", "sign-in", Status.ANSWERED)
    line = audit.checkpoint_line()
    assert audit.parse_checkpoints(line + b"\n" + line) == [audit.checkpoint()] * 2
    forged = {**json.loads(line), "seq": 7}
    with pytest.raises(AuditError, match="not signed"):
        audit.parse_checkpoints(json.dumps(forged).encode())
    other = AuditLog.open(tmp_path / "other")
    with pytest.raises(AuditError, match="not signed"):
        other.parse_checkpoints(line)


def test_seal_of_before_aes_still_opens() -> None:
    import hmac

    secret = bytes(range(32))
    cipher_key = hmac.digest(secret, b"ocb-audit-seal-cipher", "sha256")
    mac_key = hmac.digest(secret, b"ocb-audit-seal-mac", "sha256")
    plain = b'{"q": "Mags Tolliver, of a length above one block"}'
    for first in (b"\x01", b"\x7f"):  # the nonce may begin like a version
        nonce = first + bytes(15)
        stream = b"".join(hmac.digest(cipher_key, nonce + n.to_bytes(8, "big"), "sha256") for n in range(2))
        cipher = bytes(a ^ b for a, b in zip(plain, stream, strict=False))
        sealed = nonce + cipher + hmac.digest(mac_key, nonce + cipher, "sha256")
        assert unseal(sealed, AuditKeys.derive(secret)) == plain.decode()
