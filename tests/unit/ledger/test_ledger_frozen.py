"""Evidence cannot be altered: not by SQL, and not by a crash or a damaged, foreign or newer file."""

import shutil
import sqlite3
import traceback
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from graphcore.errors import LedgerError
from graphcore.evidence.ledger import (
    Ledger,
    LedgerBusyError,
    LedgerDamagedError,
    LedgerVersionError,
    dialect,
    tables,
)
from graphcore.evidence.ledger.outbox import _LATER_MOVED
from graphcore.evidence.ledger.states import _ENTITIES, _LINKS_WITH_ENDS
from graphcore.model.ids import IdMaker
from graphcore.model.times import iso_utc
from tests.unit.ledger.ledger_kit import IDS, NOON, entity, link, load, open_ledger, ref


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with two entities and a link, closed."""
    ledger = open_ledger(tmp_path)
    load(ledger, entity(ref("1")), entity(ref("2")), link(ref("1"), ref("2")))
    ledger.close()
    return tmp_path / "ledger.sqlite3"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE record SET properties = '{}'",
        "UPDATE record SET known_at = '' WHERE seq = 1",
        "DELETE FROM record WHERE seq = 3",
        "INSERT OR REPLACE INTO record SELECT * FROM record WHERE seq = 1",
        "UPDATE label SET compartment = ''",
    ],
)
def test_the_database_itself_refuses_to_alter_evidence(path: Path, change: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA recursive_triggers = ON")
    before = connection.execute("SELECT * FROM record").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="never altered or deleted"):
        connection.execute(change)
    connection.rollback()
    assert connection.execute("SELECT * FROM record").fetchall() == before
    connection.close()


def test_what_is_loaded_is_synced_and_logged_ahead(path: Path) -> None:
    ledger = Ledger.open(path, IDS)
    with ledger._database.writing() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    ledger.close()


def test_the_migrations_give_the_tables_that_the_code_names(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    engine.dispose()


def test_opening_again_changes_nothing(path: Path) -> None:
    Ledger.open(path, IDS).close()
    before = path.read_bytes()
    Ledger.open(path, IDS).close()
    assert path.read_bytes() == before


@pytest.mark.catalogue("C09")
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"name,birth date\nAnne,1980\n" * 100)
    with pytest.raises(LedgerDamagedError, match=r"ledger\.sqlite3 cannot be used.*backup"):
        Ledger.open(path, IDS)
    assert path.read_bytes().startswith(b"name,birth")


def test_a_broken_file_is_refused(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\x5a" * (len(raw) - 4096)
    path.write_bytes(raw)
    with pytest.raises(LedgerDamagedError, match="backup"):
        Ledger.open(path, IDS)


@pytest.mark.catalogue("C10")
def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerVersionError, match=r"version 0099.*newer version of ocb-graph"):
        Ledger.open(path, IDS)


def test_another_key_is_refused(path: Path) -> None:
    with pytest.raises(LedgerError, match="another key"):
        Ledger.open(path, IdMaker(b"another key of 32 bytes or less "))


@pytest.mark.catalogue("C10")
def test_a_kill_in_the_migration_leaves_an_empty_file_that_opens(tmp_path: Path) -> None:
    engine = dialect.sqlite_engine(tmp_path / "ledger.sqlite3")
    with engine.connect().execution_options(**{dialect.WRITES: True}) as connection:
        connection.begin()
        tables.metadata.create_all(connection)
        connection.rollback()
    engine.dispose()
    ledger = open_ledger(tmp_path)
    load(ledger, entity(ref("1")))
    ledger.close()


def test_a_writer_that_waits_too_long_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialect, "_PRAGMAS", ("PRAGMA busy_timeout = 20", *dialect._PRAGMAS[1:]))
    ledger = Ledger.open(path, IDS)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusyError, match="Wait until it has finished"):
        ledger.begin_batch("alpha", "f", "h", "m")
    assert len(ledger.batches()) == 1  # reading goes on
    other.rollback()
    other.close()
    assert ledger.begin_batch("alpha", "f", "h", "m").known_at > iso_utc(NOON)
    ledger.close()


def test_a_full_disk_names_the_file_tells_no_values_and_changes_nothing(path: Path) -> None:
    ledger = Ledger.open(path, IDS)
    with ledger._database._engine.connect() as connection:
        full = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {full}")
    people = [entity(ref(f"new {n}"), name=("Nightjar" * 50,)) for n in range(500)]
    with pytest.raises(LedgerError, match=r"ledger\.sqlite3: .*SQLITE_FULL.*free space") as told:
        load(ledger, *people)
    assert "Nightjar" not in "".join(traceback.format_exception(told.value))
    assert len([*ledger.all_uids()]) == 2
    ledger.close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"nowhere/ledger\.sqlite3: .*SQLITE_CANTOPEN"):
        Ledger.open(tmp_path / "nowhere" / "ledger.sqlite3", IDS)


def test_a_copy_of_the_file_is_a_ledger(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    shutil.copy(path, tmp_path / "copy" / "ledger.sqlite3")
    ledger = open_ledger(tmp_path / "copy")
    assert len([*ledger.all_uids()]) == 2
    ledger.close()


def test_statements_and_tables_are_clean_for_postgresql() -> None:
    server = postgresql.dialect()
    for table in tables.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=server))
        for index in table.indexes:
            assert "INDEX" in str(CreateIndex(index).compile(dialect=server))
    for statement in (_ENTITIES, _LINKS_WITH_ENDS, _LATER_MOVED):
        said = str(statement.compile(dialect=server))
        assert "jsonb_array_elements_text(CAST(%(keys)s" in said
        assert "json_each" not in said
    sql, names = dialect._insert_text(tables.outbox, ("kind", "key", "moved"), server)
    assert (sql.startswith("INSERT INTO outbox"), "RETURNING" in sql, names) == (True, False, None)
    assert any(
        "EXECUTE FUNCTION record_is_frozen()" in line
        for line in dialect.frozen_table_ddl("postgresql", "record")
    )
