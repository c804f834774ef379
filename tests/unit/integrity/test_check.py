"""The check finds what is damaged, says where and what to do, and finds nothing where nothing is."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphcore.errors import LedgerError
from graphcore.integrity.check import CheckReport, check
from graphcore.integrity.seal import CHUNK, check_seal, make_seal, seal_path
from graphcore.integrity.sums import check_sums, read_sums, sums_path
from graphcore.workspace import LEDGER, Workspace
from tests.unit.integrity import whole
from tests.unit.ledger.ledger_kit import entity, load, ref

FLIPS = 100


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "workspace"
    whole.build(folder)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy to damage."""
    made = tmp_path / "copy"
    shutil.copytree(sound, made)
    yield made
    shutil.rmtree(made)


def parts(report: CheckReport) -> set[str]:
    return {finding.part for finding in report.findings}


def alter(folder: Path, *statements: str, seal: bool = False) -> None:
    """What somebody who owns the file can do behind the program's back."""
    connection = sqlite3.connect(folder / LEDGER, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert connection.execute(statement).rowcount > 0, statement
    connection.close()
    seal_path(folder / LEDGER).unlink(missing_ok=True)
    if seal:
        assert make_seal(folder / LEDGER)


def test_whole_workspace_is_whole_in_every_part(folder: Path) -> None:
    told: list[str] = []
    report = check(folder, tell=told.append)
    assert (report.findings, report.skipped) == ((), ())
    assert report.looked_at == (
        "seal", "database", "audit", "sums", "records", "series", "places", "graph",
    )  # fmt: skip
    assert told == list(report.looked_at)
    assert check(folder).sound  # looking has changed nothing


@pytest.mark.catalogue("C08")
def test_a_hundred_bit_flips_of_a_hundred_are_found(folder: Path) -> None:
    """Anywhere in the file, also where SQLite keeps nothing: its own check and all of ours; the file is put back after each."""
    path = folder / LEDGER
    good = path.read_bytes()
    chance = random.Random(20260301)
    missed: list[int] = []
    for _ in range(FLIPS):
        at, bit = chance.randrange(len(good)), chance.randrange(8)
        raw = bytearray(good)
        raw[at] ^= 1 << bit
        path.write_bytes(bytes(raw))
        report = check_seal(path)
        if not (report.sealed and report.problems):
            missed.append(at)
        path.write_bytes(good)
    assert missed == []
    assert check(folder).sound


@pytest.mark.catalogue("C08")
def test_flips_that_change_what_a_ledger_says_are_found_without_a_seal_too(folder: Path) -> None:
    """A later seal would cover damage up: ids, hashes, sums and the recount find what counts all the same."""
    path = folder / LEDGER
    good = path.read_bytes()
    dump = _dump(path)
    chance = random.Random(5)
    seal_path(path).unlink()
    silent: list[int] = []
    for _ in range(60):
        raw = bytearray(good)
        at = chance.randrange(len(good))
        raw[at] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(raw))
        if check(folder).sound and _dump(path) != dump:
            silent.append(at)
        for extra in folder.glob(f"{LEDGER}-*"):
            extra.unlink()
        path.write_bytes(good)
    assert silent == []


# counts and states that change, and what is rebuilt: the seal alone covers them
BY_SEAL_ALONE = (
    "graph_text", "graph_vocabulary", "graph_state", "sqlite_", "alembic_version", "batch", "setting", "withdrawn",
    "waiting",
)  # fmt: skip


def _dump(path: Path) -> list[str]:
    """Everything that the other tables say."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        kept = [name for name in names if not name.startswith(BY_SEAL_ALONE)]
        return [repr(row) for name in sorted(kept) for row in connection.execute(f"SELECT * FROM {name}")]
    except (sqlite3.Error, UnicodeDecodeError):
        return []
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ('UPDATE record SET properties = \'{"name":["X"]}\' WHERE seq = 5', "records"),
        ("UPDATE record SET original = '{}' WHERE seq = 5", "records"),
        ("UPDATE record SET rid = 'x' WHERE seq = 5", "records"),
        ("UPDATE record SET reference = '9999' WHERE seq = 5", "records"),
        ("UPDATE record SET label = 2 WHERE seq = 6", "records"),
        ("UPDATE record SET known_at = '1999' WHERE seq = 6", "sums"),
        ("UPDATE record SET file = 'other.csv' WHERE seq = 6", "sums"),
        ("DELETE FROM record WHERE seq = 9", "records"),
        ("UPDATE label SET compartment = 'ALDER' WHERE compartment = 'LARCH'", "records"),
        ("UPDATE quarantine SET original = 'y' WHERE number = 3", "sums"),
        ("UPDATE judgement SET verdict = 'different'", "places"),
        ("UPDATE decision SET decided_by = 'bob'", "sums"),
        ("UPDATE origin SET uid = origin_id", "places"),
        ("UPDATE origin SET reference = 'z' WHERE rowid = 4", "places"),
        ("UPDATE origin SET first_seq = 1 WHERE rowid = 4", "places"),
        ("UPDATE link_origin SET lid = NULL WHERE rowid = 4", "places"),
        ("UPDATE series_part SET first_at = first_at + 1", "series"),
        ("UPDATE series_block SET body = substr(body, 1, 200)", "series"),
        ("UPDATE series_block SET body = zeroblob(10)", "sums"),
        ("UPDATE graph_entity_assertion SET caption = 'X' WHERE aid = 7", "graph"),
        ("UPDATE graph_entity_assertion SET label = 3 - label WHERE aid = 7", "graph"),
        ("UPDATE graph_entity SET labelset = 3 - labelset WHERE eid = 7", "graph"),
        ("UPDATE graph_link SET labelset = 999 WHERE n = 7", "graph"),
        ("DELETE FROM graph_link_assertion WHERE aid = 7", "graph"),
        ("UPDATE graph_entity SET uid = 'a' WHERE eid = 7", "graph"),
        ("UPDATE graph_entity_assertion SET text = 'x' WHERE aid = 7", "graph"),
        ("UPDATE graph_link_assertion SET amount = 7 WHERE occurrences > 0", "graph"),
        ("UPDATE outbox SET key = 'x' WHERE n = 3", "sums"),
        ("UPDATE graph_state SET value = 999999 WHERE name = 'applied'", "graph"),
    ],
)
def test_what_was_altered_is_found_also_under_a_new_seal(folder: Path, statement: str, part: str) -> None:
    alter(folder, statement, seal=True)
    report = check(folder)
    assert part in parts(report)
    assert "seal" not in parts(report)
    advice = {finding.advice for finding in report.findings if finding.part == part}
    assert all("graph rebuild" in words if part == "graph" else "backup restore" in words for words in advice)
    assert "Name of" not in str(report.findings)


def test_damage_of_the_graph_alone_is_put_right_by_a_rebuild(folder: Path) -> None:
    alter(folder, "UPDATE graph_entity_assertion SET caption = 'X' WHERE aid < 50")
    assert parts(check(folder)) == {"graph"}
    with Workspace.open(folder) as workspace:
        store = workspace.store()
        store.prepare()
        workspace.projection(store).rebuild()
    assert check(folder).sound


def test_damage_of_the_audit_log_is_found(folder: Path) -> None:
    connection = sqlite3.connect(folder / "audit.sqlite3")
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET subject = 'bob' WHERE seq = 3")
    connection.commit()
    connection.close()
    assert "audit" in parts(check(folder))


def test_findings_of_one_part_are_bounded(folder: Path) -> None:
    alter(folder, "UPDATE record SET rid = 'x' || seq")
    found = [finding for finding in check(folder).findings if finding.part == "records"]
    assert len(found) == 100


def test_seal_is_broken_by_the_first_write_and_made_again_at_the_end(folder: Path) -> None:
    path = folder / LEDGER
    with Workspace.open(folder) as workspace:
        _ = workspace.ledger
        assert check_seal(path).sealed
        batch = workspace.ledger.begin_batch("alpha", "g.csv", "other", "m1")
        assert not seal_path(path).exists()
        assert check(folder).skipped[0][0] == "seal"
        workspace.ledger.finish_batch(batch)
    assert check_seal(path).problems == ()
    assert check_seal(path).sealed


def test_seal_is_not_made_while_somebody_writes(folder: Path) -> None:
    path = folder / LEDGER
    seal_path(path).unlink()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE setting SET value = value")
    import graphcore.integrity.seal as module

    module._PATIENCE_S, patience = 0.1, module._PATIENCE_S
    try:
        assert not make_seal(path)
    finally:
        module._PATIENCE_S = patience
        other.execute("ROLLBACK")
        other.close()
    assert make_seal(path)
    assert check_seal(path).sealed


def test_workspace_that_is_not_to_be_sealed_is_not(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "settings.yaml").write_text("seal: false\n")
    path = whole.build(tmp_path / "w", people=3)
    assert not seal_path(path).exists()
    report = check(tmp_path / "w")
    assert report.sound
    assert [part for part, _ in report.skipped] == ["seal"]


def test_damage_is_told_by_place(folder: Path) -> None:
    path = folder / LEDGER
    raw = bytearray(path.read_bytes())
    raw[CHUNK + 5] ^= 1
    path.write_bytes(bytes(raw))
    assert check_seal(path).problems == (
        f"{LEDGER} is damaged between byte {CHUNK:,} and byte {2 * CHUNK:,}",
    )
    path.write_bytes(bytes(raw[:-4096]))
    assert "was sealed with" in check_seal(path).problems[0]
    seal = seal_path(path)
    seal.write_bytes(seal.read_bytes()[:-3])
    assert "itself damaged" in check_seal(path).problems[0]


def test_sums_cover_new_rows_once_and_a_cut_line_is_no_damage(folder: Path) -> None:
    path = folder / LEDGER
    before = read_sums(path)
    assert {one.table for one in before} >= {
        "record",
        "quarantine",
        "judgement",
        "decision",
        "series_block",
        "label",
    }
    whole_again = Workspace.open(folder)
    batch = whole_again.ledger.begin_batch("alpha", "g.csv", "other", "m1")
    whole_again.ledger.append(batch, [whole.entity(whole.ref("new"))], (), 1)
    whole_again.close()
    after = read_sums(path)
    assert [one for one in after if one not in before] == after[len(before) :]
    new = [one for one in after[len(before) :] if one.table == "record"]
    assert len(new) == 1
    assert new[0].first == new[0].last
    with sums_path(path).open("ab") as file:
        file.write(b'{"table": "rec')
    assert list(check_sums(path)) == []
    sums_path(path).write_bytes(b"[]\n")
    assert list(check_sums(path)) == [f"{LEDGER}.sums is damaged"]


def test_folder_without_a_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no workspace"):
        check(tmp_path)


def test_rows_that_are_put_down_in_another_order_than_their_numbers_are_sound(tmp_path: Path) -> None:
    """What was removed second is put back first, and with it comes a sum: the row of the first still fits in."""
    said = {"by": "ann", "reason": "a test"}

    def do(step: str, number: int) -> None:
        with Workspace.open(tmp_path) as workspace:
            getattr(workspace.ledger.upkeep, step)(number, **said)

    with Workspace.open(tmp_path) as workspace:
        for name in ("1", "2", "3"):
            load(workspace.ledger, entity(ref(name)))
    for number in (1, 2, 3):
        do("remove_batch", number)
    for number in (2, 3, 1):
        do("restore_batch", number)
    assert list(check_sums(tmp_path / LEDGER)) == []
    spans = [(one.first, one.last) for one in read_sums(tmp_path / LEDGER) if one.table == "restoration"]
    assert spans == [(2, 2), (3, 3), (1, 1)]
    alter(tmp_path, "UPDATE restoration SET reason = 'another' WHERE removal = 1")
    assert list(check_sums(tmp_path / LEDGER)) == [
        "restoration, rows 1 to 1: altered since they were written"
    ]
