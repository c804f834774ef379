"""Every way of tampering is found; the cut tail and the older copy through the signed checkpoint."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import AuditLog, Checkpoint, Operation, Status
from graphcore.audit.chain import GENESIS, row_digest
from graphcore.audit.keys import AuditKeys, Signer, read_or_make
from graphcore.audit.places import CHECKPOINT
from graphcore.audit.tables import COLUMNS, NAMES, row_of
from graphcore.errors import AuditError

ANN = AccessContext("ann", "Northshire", Marking.OFFICIAL, Purpose(PurposeCode.AUDIT, "test"))
ROWS = 40


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    audit = AuditLog.open(tmp_path)
    for number in range(ROWS // 2):
        with audit.entry(ANN, Operation.CONSULTATION, "search", {"q": number}, [f"e{number}"]):
            pass
    audit.close()
    return audit


def _tamper(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "audit.sqlite3")
    connection.execute("DROP TRIGGER audit_no_update")  # the owner of the file can do this
    connection.execute("DROP TRIGGER audit_no_delete")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_sound_log_is_sound(log: AuditLog) -> None:
    report = log.verify()
    assert (report.sound, report.rows, report.problems) == (True, ROWS, ())
    assert report.digest == log.checkpoint().digest


@pytest.mark.parametrize("seed", range(30))
def test_random_edit_of_any_field_is_found(log: AuditLog, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    column = chance.choice([name for name in COLUMNS if name != "seq"])
    seq = chance.randint(1, ROWS)
    value = {"query_sealed": "x'00'", "digest": "zeroblob(32)", "phase": "'note'"}.get(column, "'7'")
    value = "'[\"x\"]'" if column in {"entities", "recipients"} else value
    _tamper(tmp_path, f"UPDATE audit SET {column} = {value} WHERE seq = {seq}")
    assert not log.verify().sound


@pytest.mark.parametrize("seq", [1, 2, 17, ROWS])
def test_deleted_row_is_found(log: AuditLog, tmp_path: Path, seq: int) -> None:
    _tamper(tmp_path, f"DELETE FROM audit WHERE seq = {seq}")
    assert not log.verify().sound


def test_deleted_and_renumbered_is_found(log: AuditLog, tmp_path: Path) -> None:
    _tamper(tmp_path, "DELETE FROM audit WHERE seq = 9", "UPDATE audit SET seq = seq - 1 WHERE seq > 9")
    assert not log.verify().sound


def test_inserted_row_is_found(log: AuditLog, tmp_path: Path) -> None:
    names = ",".join(COLUMNS[1:])
    copy = f"INSERT INTO audit SELECT 10, {names} FROM audit WHERE seq = 5"
    _tamper(
        tmp_path,
        "UPDATE audit SET seq = -seq - 1 WHERE seq >= 10",
        "UPDATE audit SET seq = -seq WHERE seq < 0",
        copy,
    )
    assert not log.verify().sound


def test_swapped_rows_are_found(log: AuditLog, tmp_path: Path) -> None:
    _tamper(
        tmp_path,
        "UPDATE audit SET seq = -1 WHERE seq = 6",
        "UPDATE audit SET seq = 6 WHERE seq = 7",
        "UPDATE audit SET seq = 7 WHERE seq = -1",
    )
    assert not log.verify().sound


def test_cut_tail_is_found_and_the_log_refuses_to_start(log: AuditLog, tmp_path: Path) -> None:
    _tamper(tmp_path, f"DELETE FROM audit WHERE seq > {ROWS - 3}")
    assert any("cut off" in problem for problem in log.verify().problems)
    with pytest.raises(AuditError, match="shorter than its checkpoint"):
        AuditLog.open(tmp_path)


@pytest.mark.catalogue("U13")
def test_older_copy_put_back_is_found(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    audit.note("ann", "sign-in", Status.ANSWERED)
    audit.close()
    shutil.copy(tmp_path / "audit.sqlite3", tmp_path / "old")
    shutil.copy(tmp_path / CHECKPOINT, tmp_path / "old.checkpoint")
    audit.note("ann", "sign-in", Status.ANSWERED)
    audit.close()
    elsewhere = audit.checkpoint()
    shutil.copy(tmp_path / "old", tmp_path / "audit.sqlite3")
    assert not audit.verify().sound
    shutil.copy(tmp_path / "old.checkpoint", tmp_path / CHECKPOINT)  # both: only the copy elsewhere tells
    assert audit.verify().sound
    assert not audit.verify([elsewhere]).sound


@pytest.mark.catalogue("U14")
def test_chain_computed_anew_by_the_owner_of_the_file_is_found(log: AuditLog, tmp_path: Path) -> None:
    _tamper(tmp_path, "UPDATE audit SET subject = 'bob' WHERE seq = 3")
    connection = sqlite3.connect(tmp_path / "audit.sqlite3")
    digest = GENESIS
    for row in [row_of(values) for values in connection.execute(f"SELECT {NAMES} FROM audit ORDER BY seq")]:
        digest = row_digest(digest, row.seq, row.at, row.event)
        connection.execute("UPDATE audit SET digest = ? WHERE seq = ?", (digest, row.seq))
    connection.commit()
    connection.close()
    assert any("written anew" in problem for problem in log.verify().problems)


def test_forged_or_missing_checkpoint_is_found(log: AuditLog, tmp_path: Path) -> None:
    path = tmp_path / CHECKPOINT
    path.write_bytes(Checkpoint(1, "00").line(Signer(bytes(32))))
    assert any("not signed" in problem for problem in log.verify().problems)
    path.write_bytes(b"[]")
    assert any("damaged" in problem for problem in log.verify().problems)
    path.unlink()
    assert any("cannot be read" in problem for problem in log.verify().problems)
    with pytest.raises(AuditError, match="cannot be read"):
        AuditLog.open(tmp_path)


@pytest.mark.catalogue("U03")
def test_missing_or_corrupt_log_refuses_to_start(log: AuditLog, tmp_path: Path) -> None:
    path = tmp_path / "audit.sqlite3"
    path.write_bytes(b"not a database" * 100)
    assert not log.verify().sound
    with pytest.raises(AuditError, match="cannot be opened"):
        AuditLog.open(tmp_path)
    path.unlink()
    assert not log.verify().sound
    with pytest.raises(AuditError, match="missing"):
        AuditLog.open(tmp_path)


def test_key_file_is_private_whole_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "k"
    first = read_or_make(path)
    assert read_or_make(path) == first
    assert path.stat().st_mode & 0o077 == 0
    assert len(first) == 32
    assert AuditKeys.derive(first).query != AuditKeys.derive(first).seal
    path.write_bytes(b"short")
    with pytest.raises(AuditError, match="damaged"):
        read_or_make(path)
