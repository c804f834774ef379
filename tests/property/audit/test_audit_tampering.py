"""A thousand tamperings by chance, a thousand found: by somebody who owns the file and knows how the chain is made."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import AuditLog, Checkpoint, Operation, RowFilter
from graphcore.audit.chain import GENESIS, row_digest
from graphcore.audit.tables import COLUMNS, NAMES, row_of
from graphcore.audit.verify import verify_connection

ANN = AccessContext(
    "ann", "Northshire", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "who, why", "Larkspur")
)
ROWS = 40
TRIES = 1_000
Row = tuple[object, ...]
Rows = list[Row]
_PLACES = ",".join("?" * len(COLUMNS))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, list[str], list[Checkpoint]]:
    """The rows of a log, the statements that make its tables, and its signed ends: the last, and one from half-way."""
    audit = AuditLog.open(tmp_path_factory.mktemp("log"))
    half = None
    for number in range(ROWS // 2):
        with audit.entry(
            ANN, Operation.CONSULTATION, "search", {"q": number}, [f"e{number}", "e],[e"]
        ) as entry:
            entry.done(count=number, shown=["s1", f"s{number}"], sent_bytes=100)
        half = audit.checkpoint() if number == ROWS // 4 else half
    assert half is not None
    with audit.reading() as connection:
        rows = connection.execute(f"SELECT {NAMES} FROM audit ORDER BY seq").fetchall()
        made = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    ends = [audit.checkpoint(), half]
    audit.close()
    return rows, made, ends


def opened(rows: Rows, made: list[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for sql in made:
        connection.execute(sql)
    connection.executemany(f"INSERT INTO audit ({NAMES}) VALUES ({_PLACES})", rows)
    return connection


def edit(chance: random.Random, rows: Rows) -> Rows:
    """Another value in one field: of any column, of its own type."""
    at, column = chance.randrange(len(rows)), chance.randrange(1, len(COLUMNS))
    old = rows[at][column]
    new: object
    if isinstance(old, bytes):
        raw = bytearray(old or b"\0")
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        new = bytes(raw)
    elif isinstance(old, int):
        new = old + chance.choice((-1, 1, 1000))
    elif COLUMNS[column] in {"entities", "recipients"}:
        new = chance.choice(('["x"]', '["e1", "e],[e"]', '["e1"', "[]", '["s1"]'))
        new = new if new != old else '["y"]'
    else:
        new = f"{old}{chance.choice('abc')}"
    return [*rows[:at], (*rows[at][:column], new, *rows[at][column + 1 :]), *rows[at + 1 :]]


def move_bytes(chance: random.Random, rows: Rows) -> Rows:
    """The end of one field becomes the beginning of the next: what is hashed must not be able to stay the same."""
    at = chance.randrange(len(rows))
    column = chance.randrange(2, 11)
    text, after = str(rows[at][column]), str(rows[at][column + 1])
    if column == 11 or not text:
        return edit(chance, rows)
    row = (*rows[at][:column], text[:-1], text[-1] + after, *rows[at][column + 2 :])
    return [*rows[:at], row, *rows[at + 1 :]]


def delete(chance: random.Random, rows: Rows) -> Rows:
    at = chance.randrange(len(rows))
    kept = [*rows[:at], *rows[at + 1 :]]
    return renumbered(kept) if chance.random() < 0.5 else kept


def insert(chance: random.Random, rows: Rows) -> Rows:
    at, copied = chance.randrange(len(rows) + 1), chance.choice(rows)
    return renumbered([*rows[:at], copied, *rows[at:]])


def reorder(chance: random.Random, rows: Rows) -> Rows:
    i, j = sorted(chance.sample(range(len(rows)), 2))
    swapped = [*rows[:i], rows[j], *rows[i + 1 : j], rows[i], *rows[j + 1 :]]
    return renumbered(swapped)


def cut(chance: random.Random, rows: Rows) -> Rows:
    return rows[: chance.randrange(len(rows))]


def older(chance: random.Random, rows: Rows) -> Rows:
    """An older copy with other rows behind it, chained as they should be."""
    kept = chance.randrange(len(rows) - 1)
    return chained([*rows[:kept], *edit_text(chance, rows[kept:])], since=kept)


def anew(chance: random.Random, rows: Rows) -> Rows:
    """An edit, a deletion or an exchange, and the whole chain computed anew."""
    tamper = chance.choice((edit_text, delete, reorder))
    return chained(renumbered(tamper(chance, rows)), since=0)


def edit_text(chance: random.Random, rows: Rows) -> Rows:
    at = chance.randrange(len(rows))
    column = COLUMNS.index(chance.choice(("subject", "reason", "action", "at", "organisation")))
    return [
        *rows[:at],
        (*rows[at][:column], f"{rows[at][column]}x", *rows[at][column + 1 :]),
        *rows[at + 1 :],
    ]


def renumbered(rows: Rows) -> Rows:
    return [(seq, *row[1:]) for seq, row in enumerate(rows, start=1)]


def chained(rows: Rows, *, since: int) -> Rows:
    """The rows with digests that follow from each other, from the row at ``since`` on."""
    made: Rows = []
    at_digest = COLUMNS.index("digest")
    for place, row in enumerate(rows):
        digest = row[at_digest]
        if place >= since:
            parsed = row_of(row)
            digest = row_digest(made[-1][at_digest] if made else GENESIS, parsed.seq, parsed.at, parsed.event)
        made.append((*row[:at_digest], digest, *row[at_digest + 1 :]))
    return made


WAYS: dict[str, Callable[[random.Random, Rows], Rows]] = {
    "edit": edit, "move bytes": move_bytes, "delete": delete, "insert": insert, "reorder": reorder, "cut": cut,
    "older copy": older, "chain anew": anew,
}  # fmt: skip


@pytest.mark.catalogue("U08", "U09", "U10", "U11", "U12", "U13", "U14")
def test_a_thousand_tamperings_by_chance_are_found(
    sound: tuple[Rows, list[str], list[Checkpoint]],
) -> None:
    rows, made, ends = sound
    chance = random.Random(20260301)
    missed: list[tuple[str, int]] = []
    names = list(WAYS)
    for number in range(TRIES):
        way = names[number % len(names)]
        changed = WAYS[way](chance, rows)
        assert changed != rows, way
        connection = opened(changed, made)
        if verify_connection(connection, ends).sound:
            missed.append((way, number))
        connection.close()
    assert missed == []


def test_what_was_not_tampered_with_is_sound(sound: tuple[Rows, list[str], list[Checkpoint]]) -> None:
    rows, made, ends = sound
    report = verify_connection(opened(rows, made), ends)
    assert (report.sound, report.rows, report.unknown_outcomes) == (True, ROWS, ())


@pytest.mark.catalogue("U12", "U13", "U14")
def test_without_signed_ends_a_cut_and_a_new_chain_pass(
    sound: tuple[Rows, list[str], list[Checkpoint]],
) -> None:
    """Why the ends are signed and kept elsewhere: the chain alone cannot tell."""
    rows, made, ends = sound
    chance = random.Random(3)
    for changed in (cut(chance, rows), chained(renumbered(edit_text(chance, rows)), since=0)):
        assert verify_connection(opened(changed, made), []).sound
        assert not verify_connection(opened(changed, made), ends).sound


def test_two_ends_that_contradict_each_other_are_told(
    sound: tuple[Rows, list[str], list[Checkpoint]],
) -> None:
    rows, made, ends = sound
    other = Checkpoint(ends[0].seq, "00" * 32)
    report = verify_connection(opened(rows, made), [*ends, other])
    assert any("different logs" in problem for problem in report.problems)


def test_filters_join_with_and(tmp_path: Path) -> None:
    audit = AuditLog.open(tmp_path)
    for q in ("Mags", "Dev"):
        with audit.entry(ANN, Operation.CONSULTATION, "search", {"q": q}, [q]):
            pass
    assert [row.seq for row in audit.rows(where=RowFilter(asked="mAgS"))] == [1]
    assert [row.seq for row in audit.rows(where=RowFilter(entity="Dev", subject="ann"))] == [3]
    assert audit.rows(where=RowFilter(subject="ann", but_subject="ann")) == []
    assert audit.rows(where=RowFilter(entity="Dev", operation="disclosure")) == []
