"""Sums over what is never altered: rows of frozen tables in runs, each with the hash of what they say.

A seal is gone with the next write; a sum stays true for ever, so damage that a later seal would cover up is still found.
Sums are added when a seal is made, over the rows that came since: loading costs a pass over its own rows.
"""

import hashlib
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

RUN = 10_000
_FROZEN = (
    "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_no_update' ORDER BY 1"
)
_ONLY_ADDED = ("outbox",)  # not frozen by a trigger, for its speed, but never altered either
_NAMED_BY_OTHERS = (
    "SELECT 1 FROM pragma_foreign_key_list(?) WHERE [from] = "
    "(SELECT MAX(name) FROM pragma_table_info(?) WHERE pk HAVING COUNT(*) = 1 AND MAX(type) IN ('INTEGER', 'BIGINT'))"
)
_WITH_ROWID = "SELECT 1 FROM pragma_table_list WHERE name = ? AND wr = 0"


@dataclass(frozen=True, slots=True)
class Sum:
    """Rows ``first`` to ``last`` (row numbers of SQLite, both included) of a table, in the columns it had then."""

    table: str
    columns: tuple[str, ...]
    first: int
    last: int
    digest: str


def sums_path(path: Path) -> Path:
    """Where the sums of a ledger lie."""
    return path.with_name(f"{path.name}.sums")


def add_sums(path: Path) -> int:
    """Sum the rows of frozen tables that no sum covers yet; gives how many sums were added."""
    known: dict[str, list[Sum]] = defaultdict(list)
    for one in read_sums(path):
        known[one.table].append(one)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
    added = 0
    try:
        connection.execute("BEGIN")
        for table in frozen_tables(connection):
            for made in _new(connection, table, known[table]):
                with sums_path(path).open("ab") as file:
                    file.write(orjson.dumps(asdict(made)) + b"\n")
                added += 1
    finally:
        connection.close()
    return added


@contextmanager
def summed_beside(path: Path) -> Generator[None]:
    """Sum in a process of its own, which this one waits for at the end of the block: 300,000 rows take a second."""
    command = (sys.executable, "-P", __file__, str(path))  # needs nothing else of this package
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):  # noqa: S603 -- our own file
        yield


def read_sums(path: Path) -> list[Sum]:
    """The sums in their order; a last line that was cut by a kill is left out.

    Raises:
        ValueError: a line is damaged.
    """
    if not sums_path(path).exists():
        return []
    lines = sums_path(path).read_bytes().splitlines(keepends=True)
    return [Sum(**orjson.loads(line)) for line in lines if line.endswith(b"\n")]


def check_sums(path: Path) -> Iterator[str]:
    """What no longer says what it said, by table and rows."""
    try:
        kept = read_sums(path)
    except (ValueError, TypeError):
        yield f"{sums_path(path).name} is damaged"
        return
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        for one in kept:
            try:
                found = _digest(connection, one)
            except (sqlite3.Error, UnicodeDecodeError) as error:
                yield f"{one.table}, rows {one.first:,} to {one.last:,}: cannot be read ({type(error).__name__})"
                continue
            if found != one.digest:
                yield f"{one.table}, rows {one.first:,} to {one.last:,}: altered since they were written"
    finally:
        connection.close()


def frozen_tables(connection: sqlite3.Connection) -> list[str]:
    """Tables whose rows are never altered, in order of their names."""
    names = {str(name) for (name,) in connection.execute(_FROZEN)} | {*_ONLY_ADDED}
    return [name for name in sorted(names) if connection.execute(_WITH_ROWID, (name,)).fetchone()]


def _new(connection: sqlite3.Connection, table: str, known: Sequence[Sum]) -> Iterator[Sum]:
    columns = tuple(str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})"))
    runs = _left_between if connection.execute(_NAMED_BY_OTHERS, (table, table)).fetchone() else _behind
    for first, last in runs(connection, table, known):
        for start in range(first, last + 1, RUN):
            made = Sum(table, columns, start, min(start + RUN - 1, last), "")
            yield replace(made, digest=_digest(connection, made))


def _behind(connection: sqlite3.Connection, table: str, known: Sequence[Sum]) -> Iterator[tuple[int, int]]:
    """What came since: rows have rising numbers."""
    after = known[-1].last if known else 0
    newest = connection.execute(f"SELECT MAX(rowid) FROM {table}").fetchone()[0] or 0  # noqa: S608 -- a table's own name
    if newest > after:
        yield after + 1, newest


def _left_between(
    connection: sqlite3.Connection, table: str, known: Sequence[Sum]
) -> Iterator[tuple[int, int]]:
    """Rows that have the number of what they are about come in any order: runs without a gap, into which nothing can come."""
    summed = sorted((one.first, one.last) for one in known)
    at, first, last = 0, 0, -1
    for (row,) in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid"):  # noqa: S608 -- a table's own name
        while at < len(summed) and summed[at][1] < row:
            at += 1
        if at < len(summed) and summed[at][0] <= row:
            continue
        if row != last + 1 and last >= first:
            yield first, last
        first, last = (first if row == last + 1 and last >= first else row), row
    if last >= first:
        yield first, last


def _digest(connection: sqlite3.Connection, one: Sum) -> str:
    names = ", ".join(f'"{name}"' for name in one.columns)
    rows = connection.execute(
        f"SELECT rowid, {names} FROM {one.table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid",  # noqa: S608 -- its own names
        (one.first, one.last),
    )
    digest = hashlib.blake2b(digest_size=16)
    while part := rows.fetchmany(500):
        digest.update(repr(part).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


if __name__ == "__main__":
    add_sums(Path(sys.argv[1]))
