"""What is asked of a log before it is written to: whose it is, whether its keys, its end and its last rows are there."""

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditLog, Operation, Status
from graphcore.audit.checkpoint import Checkpoint, CheckpointFile
from graphcore.audit.keys import read_or_make
from graphcore.audit.places import CHECKPOINT, KEY, SIGNING_KEY
from graphcore.errors import AuditError

ANN = AccessContext(
    "ann", "Northshire", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "who, why", "Larkspur")
)


def test_a_log_that_others_write_to_while_it_is_opened_is_not_taken_for_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, read = AuditLog.open(tmp_path), CheckpointFile.read

    def late(kept: CheckpointFile) -> Checkpoint:
        other.note("ann", "sign-in", Status.ANSWERED)
        return read(kept)

    monkeypatch.setattr(CheckpointFile, "read", late)
    AuditLog.open(tmp_path).close()
    assert other.verify().sound


@pytest.mark.catalogue("U03")
def test_log_that_others_can_read_or_write_refuses_to_start(tmp_path: Path) -> None:
    AuditLog.open(tmp_path).close()
    path = tmp_path / "audit.sqlite3"
    for mode in (0o644, 0o660, 0o602):
        path.chmod(mode)
        with pytest.raises(AuditError, match=r"by others.*600"):
            AuditLog.open(tmp_path)
    path.chmod(0o600)
    AuditLog.open(tmp_path).close()


@pytest.mark.catalogue("U03")
def test_log_that_is_not_this_users_refuses_to_start(tmp_path: Path) -> None:
    """In a child that gives up its rights, where the test runs as the administrator."""
    AuditLog.open(tmp_path).close()
    (tmp_path / "audit.sqlite3").chmod(0o400)
    if os.getuid() != 0:
        with pytest.raises(AuditError, match="cannot be written by this user"):
            AuditLog.open(tmp_path)
        return
    for path in (tmp_path, *tmp_path.parents[:3]):
        path.chmod(path.stat().st_mode | 0o055)
    reading, writing = os.pipe()
    forked = os.fork()
    if forked == 0:
        said = "opened"
        try:
            os.setuid(65534)
            from graphcore.audit import tables

            tables.connect(tmp_path / "audit.sqlite3", timeout_s=1)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the parent must hear of it
            said = str(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(forked, 0)
    with os.fdopen(reading) as pipe:
        assert "cannot be written by this user" in pipe.read()


@pytest.mark.catalogue("U03")
@pytest.mark.parametrize("lost", [KEY, SIGNING_KEY])
def test_log_without_its_keys_refuses_to_start_and_makes_none(tmp_path: Path, lost: Path) -> None:
    audit = AuditLog.open(tmp_path)
    audit.note("ann", "sign-in", Status.ANSWERED)
    audit.close()
    (tmp_path / lost).unlink()
    with pytest.raises(AuditError, match=f"{lost.name} is missing.*put it back"):
        AuditLog.open(tmp_path)
    with pytest.raises(AuditError, match=f"{lost.name} is missing"):
        AuditLog.for_proof(tmp_path)
    assert not (tmp_path / lost).exists()


@pytest.mark.catalogue("U03")
def test_damage_in_the_last_rows_refuses_to_start(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    for number in range(30):
        audit.note("ann", "sign-in", Status.ANSWERED, reason=f"zebra {number:02}")
    audit.close()
    path = tmp_path / "audit.sqlite3"
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"zebra 17") + 2] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(AuditError, match=r"does not follow from the row before.*restored from a backup"):
        AuditLog.open(tmp_path)
    assert not AuditLog.for_proof(tmp_path).verify().sound


def test_log_of_before_there_were_signatures_is_taken_over(tmp_path: Path) -> None:
    """A workspace as it was: MAC on the checkpoint beside the log, seals without a version, no column of gateways."""
    import hmac

    audit = AuditLog.open(tmp_path)
    with audit.entry(ANN, Operation.CONSULTATION, "search", {"q": "Mags"}):
        pass
    audit.close()
    end = audit.checkpoint()
    secret = read_or_make(tmp_path / KEY)
    mac = hmac.digest(
        hmac.digest(secret, b"ocb-audit-checkpoint", "sha256"), f"{end.seq}:{end.digest}".encode(), "sha256"
    )
    old = {"seq": end.seq, "digest": end.digest, "mac": mac.hex()}
    (tmp_path / "audit.checkpoint").write_text(json.dumps(old))
    shutil.rmtree((tmp_path / CHECKPOINT).parent)
    (tmp_path / SIGNING_KEY).unlink()
    with sqlite3.connect(tmp_path / "audit.sqlite3") as connection:
        connection.execute("ALTER TABLE audit DROP COLUMN gateway")
    connection.close()
    again = AuditLog.open(tmp_path)
    assert again.verify().sound
    assert again.checkpoint() == end
    assert not (tmp_path / "audit.checkpoint").exists()
    again.begin(ANN, Ask("chart", operation=Operation.DISCLOSURE, recipients=("P",), gateway="s.31")).close()
    assert again.verify().sound
    assert again.rows(2)[0].event.gateway == "s.31"
