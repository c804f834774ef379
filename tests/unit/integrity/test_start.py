"""A ledger's file that is damaged is refused with what to do, and left as it is to the last byte."""

import os
import random
import shutil
import sqlite3
import struct
from pathlib import Path

import pytest

from graphcore.errors import LedgerError, StoreError
from graphcore.evidence.ledger import Ledger, LedgerDamagedError, LedgerVersionError, migrate
from graphcore.integrity.start import fault_at_start, head_path
from graphcore.store.embedded import EmbeddedStore
from graphcore.workspace import LEDGER, Workspace
from tests.unit.integrity import whole
from tests.unit.ledger.ledger_kit import IDS, entity, load, open_ledger, ref


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return whole.build(tmp_path / "w", people=30)


def content(path: Path) -> dict[str, bytes]:
    kept = (path, path.with_name(f"{path.name}-wal"))
    return {one.name: one.read_bytes() for one in kept if one.exists()}


def refused(path: Path, words: str) -> None:
    """Opening says so, and nothing of the file is touched."""
    before = content(path)
    with (
        pytest.raises(LedgerDamagedError, match=rf"(?s){words}.*(restore|Restore)"),
        Workspace.open(path.parent) as opened,
    ):
        _ = opened.ledger
    assert content(path) == before


@pytest.mark.catalogue("C09")
def test_file_that_is_cut_off_or_empty_is_refused_and_left_alone(path: Path) -> None:
    raw = path.read_bytes()
    chance = random.Random(3)
    for length in (
        len(raw) - 4096,
        len(raw) - 1,
        4096,
        50,
        *(chance.randrange(100, len(raw)) for _ in range(10)),
    ):
        path.write_bytes(raw[:length])
        refused(path, "cut off|header is damaged")
    path.write_bytes(b"")
    refused(path, "it is empty, and it was not")
    path.write_bytes(raw)
    assert fault_at_start(path) == ""


@pytest.mark.catalogue("C09")
@pytest.mark.parametrize("at", [0, 5, 15, 16, 17])
def test_damaged_header_is_refused_and_left_alone(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x15
    path.write_bytes(bytes(raw))
    refused(path, "header is damaged|cut off")


def left_unclean(path: Path) -> Path:
    """As after a kill: what was committed last is in the write-ahead log alone."""
    child = os.fork()
    if child == 0:
        try:
            opened = Workspace.open(path.parent)
            load(opened.ledger, entity(ref("late")), file_hash="late")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    wal = path.with_name(f"{path.name}-wal")
    assert wal.stat().st_size > 4096
    return wal


@pytest.mark.catalogue("C09")
def test_log_that_is_missing_is_missed(path: Path) -> None:
    wal = left_unclean(path)
    kept = wal.read_bytes()
    wal.unlink()
    path.with_name(f"{path.name}-shm").unlink()
    with (
        pytest.raises(LedgerDamagedError, match=r"was committed.*-wal\) is missing.*restore"),
        Workspace.open(path.parent) as w,
    ):
        _ = w.ledger
    wal.write_bytes(kept)
    with Workspace.open(path.parent) as opened:
        assert opened.ledger.batches()[-1].file_hash == "late"


@pytest.mark.catalogue("C09")
def test_older_copy_put_in_its_place_is_noticed(path: Path) -> None:
    old = path.read_bytes()
    with Workspace.open(path.parent) as opened:
        load(opened.ledger, entity(ref("late")))
    path.write_bytes(old)
    with (
        pytest.raises(LedgerDamagedError, match=r"older copy.*remove ledger\.sqlite3\.head"),
        Workspace.open(path.parent) as w,
    ):
        _ = w.ledger
    head_path(path).unlink()
    with Workspace.open(path.parent) as opened:
        assert len(opened.ledger.batches()) == 1


@pytest.mark.catalogue("C09")
def test_damaged_log_is_refused_and_not_thrown_away(path: Path) -> None:
    wal = left_unclean(path)
    good = wal.read_bytes()
    for at in (0, 9, 20, 25):
        raw = bytearray(good)
        raw[at] ^= 1
        wal.write_bytes(bytes(raw))
        refused(path, "-wal is damaged|belongs to another")
    wal.write_bytes(good)
    with Workspace.open(path.parent) as opened:
        assert opened.ledger.batches()[-1].file_hash == "late"


@pytest.mark.catalogue("C09")
def test_log_of_another_file_is_not_brought_in(path: Path, tmp_path: Path) -> None:
    other = whole.build(tmp_path / "other", people=60)
    foreign = left_unclean(other)
    wal = path.with_name(f"{path.name}-wal")
    shutil.copy(foreign, wal)
    refused(path, "does not belong to it, or is damaged")
    raw = bytearray(foreign.read_bytes())
    raw[8:12] = struct.pack(">I", 8192)
    wal.write_bytes(bytes(raw))
    refused(path, "is damaged|belongs to another")
    path.unlink()
    with pytest.raises(LedgerError, match="missing"):
        Ledger.open(path, IDS)


@pytest.mark.catalogue("C11")
def test_file_that_cannot_be_written_is_refused_with_the_reason(path: Path) -> None:
    """In a child that gives up its rights, where the test runs as the administrator."""
    for one in (path, path.parent):
        one.chmod(0o555 if one.is_dir() else 0o444)
    if os.getuid() != 0:
        with pytest.raises(LedgerError, match=r"cannot be written.*never opened for reading alone"):
            Ledger.open(path, IDS)
        path.parent.chmod(0o755)
        return
    for folder in path.parents[:5]:
        folder.chmod(folder.stat().st_mode | 0o055)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "opened"
        try:
            os.setuid(65534)
            Ledger.open(path, IDS)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the parent must hear of it
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    assert told.startswith("LedgerError:")
    assert "never opened for reading alone" in told
    assert sorted(one.name for one in path.parent.iterdir() if one.name.endswith(("-wal", "-shm"))) == []


@pytest.mark.catalogue("C10")
def test_ledger_and_graph_of_a_newer_program_are_refused_and_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = path.read_bytes()
    with (
        pytest.raises(LedgerVersionError, match=r"0099.*newer version"),
        Workspace.open(path.parent) as opened,
    ):
        _ = opened.ledger
    assert path.read_bytes() == before
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (migrate.HEAD,))
    connection.execute("UPDATE graph_state SET value = 99 WHERE name = 'tables'")
    connection.commit()
    connection.close()
    with Workspace.open(path.parent) as opened:
        store = opened.store()
        with pytest.raises(StoreError, match="version 99"):
            store.prepare()


@pytest.mark.catalogue("C10", "C03")
@pytest.mark.parametrize("revision", migrate.REVISIONS)
def test_migration_that_is_killed_half_way_is_done_from_the_start(tmp_path: Path, revision: str) -> None:
    """A child is killed inside each revision; the next start finds the old state, and brings it up to date."""
    child = os.fork()
    if child == 0:
        try:
            _die_in(revision)
            open_ledger(tmp_path)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    connection = sqlite3.connect(tmp_path / LEDGER)
    assert connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'record'").fetchone() == (0,)
    connection.close()
    ledger = open_ledger(tmp_path)
    load(ledger, entity(ref("1")))
    ledger.close()
    connection = sqlite3.connect(tmp_path / LEDGER)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.HEAD,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def _die_in(revision: str) -> None:
    """Kill this process at the end of the revision's own statements, before the transaction is committed."""
    import signal

    from alembic.runtime.migration import MigrationContext

    real = MigrationContext.run_migrations

    def run(self: MigrationContext, **rest: object) -> None:
        steps = self._migrations_fn

        def each(heads: object, context: object) -> list[object]:
            made = list(steps(heads, context))  # pyright: ignore[reportOptionalCall]
            for step in made:
                if step.revision.revision == revision:
                    own = step.migration_fn

                    def die(own: object = own, **words: object) -> None:
                        own(**words)  # pyright: ignore[reportCallIssue]
                        os.kill(os.getpid(), signal.SIGKILL)

                    step.migration_fn = die
            return made

        self._migrations_fn = each  # pyright: ignore[reportAttributeAccessIssue]
        real(self, **rest)

    MigrationContext.run_migrations = run  # pyright: ignore[reportAttributeAccessIssue]


def test_store_alone_reads_what_the_ledger_left(path: Path) -> None:
    store = EmbeddedStore(path)
    assert store.applied() > 0
    store.close()
