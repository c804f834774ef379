"""What was read of a file is kept until anybody commits to it, and no longer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphcore.integrity.changes import Changes, UntilCommit


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "f.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (x)")
    yield connection
    connection.close()


@pytest.fixture
def changes(file: sqlite3.Connection, tmp_path: Path) -> Iterator[Changes]:
    made = Changes(tmp_path / "f.sqlite3")
    yield made
    made.close()


def test_what_is_kept_is_read_again_after_every_commit_and_not_before(
    changes: Changes, file: sqlite3.Connection
) -> None:
    kept: UntilCommit[int] = UntilCommit(changes.number, 4)

    def rows() -> int:
        return file.execute("SELECT COUNT(*) FROM t").fetchone()[0]

    for count in range(3):
        assert kept.at_hand("rows") is None
        assert kept.get("rows", rows) == count
        assert kept.at_hand("rows") == count
        assert kept.get("rows", lambda: pytest.fail("it was read already")) == count
        file.execute("BEGIN")
        file.execute("INSERT INTO t VALUES (1)")
        assert kept.at_hand("rows") == count, "nothing is committed"
        file.execute("COMMIT")


def test_what_was_read_before_a_commit_is_never_given_after_it(
    changes: Changes, file: sqlite3.Connection
) -> None:
    """A slow reader comes with what it read under an earlier number, when another has put a later one down."""
    kept: UntilCommit[str] = UntilCommit(changes.number, 4)
    before = kept.number()
    file.execute("INSERT INTO t VALUES (1)")
    kept.put("a", kept.number(), "new")
    kept.put("b", before, "old")
    assert (kept.at_hand("a"), kept.at_hand("b")) == (None, None)
    assert kept.get("a", lambda: "read anew") == "read anew"


def test_what_was_used_longest_ago_goes_first(changes: Changes) -> None:
    kept: UntilCommit[str] = UntilCommit(changes.number, 2)
    kept.get("a", lambda: "A")
    kept.get("b", lambda: "B")
    assert kept.at_hand("a") == "A"
    kept.get("c", lambda: "C")
    assert [kept.at_hand(key) for key in "abc"] == ["A", None, "C"]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        Changes(tmp_path / "none.sqlite3").number()
    assert not (tmp_path / "none.sqlite3").exists()
