"""The lexicon of a ledger: the lists that ship with the platform, and what analysts added and withdrew, with who and why.

Changes are only ever added, so every earlier version can be had again. A batch that was coded keeps the version that
coded it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, cast

import orjson
from sqlalchemy import Column, Connection, ForeignKey, Index, Table, func, insert, select

from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import insert_new
from graphcore.evidence.ledger.tables import Number, metadata, required
from graphcore.lexicon.files import SHIPPED_VERSION, shipped
from graphcore.lexicon.model import Lexicon, LexiconError, Term, make_lexicon
from graphcore.model.times import iso_utc

Action = Literal["add", "withdraw"]
WHY_MAX = 1_000

lexicon_change = Table(
    "lexicon_change",
    metadata,
    Column("number", Number, primary_key=True),
    *map(required, ("action", "list", "term", "body", "changed_by", "changed_at", "why")),
    Index("lexicon_change_term", "list", "term"),
)
batch_lexicon = Table(
    "batch_lexicon",
    metadata,
    Column("batch", Number, ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    *map(required, ("version", "hash")),
)
_ALL = select(lexicon_change).order_by(lexicon_change.c.number)


@dataclass(frozen=True, slots=True)
class LexiconChange:
    """One change. An ``add`` of an id that is there takes its place; a ``withdraw`` carries the term as it was."""

    number: int
    action: Action
    term: Term
    changed_by: str
    changed_at: str
    why: str


class LexiconBook:
    """Reads and changes the lexicon of one ledger."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def lexicon(self, version: str | None = None) -> Lexicon:
        """The lexicon now, or as it was at ``version`` (``1+3``: three changes to the first shipped lists).

        Raises:
            LexiconError: no such version, or one of other shipped lists than this program has.
        """
        changes = self.changes()
        return _standing(changes if version is None else changes[: _count(version, len(changes))])

    def changes(self, list_name: str | None = None, term: str | None = None) -> tuple[LexiconChange, ...]:
        """The history in order, of one list or one term where they are named."""
        with self._database.reading() as connection:
            found = _read(connection)
        return tuple(
            change
            for change in found
            if list_name in (None, change.term.list_name) and term in (None, change.term.id)
        )

    def add(self, term: Term, *, by: str, why: str) -> Lexicon:
        """Add a term, or put a new edition in place of the one with its id; gives the lexicon that follows.

        Raises:
            LexiconError: the term breaks a rule, belongs to another term already, or nothing says why.
        """
        return self.add_all([term], by=by, why=why)

    def add_all(self, terms: Iterable[Term], *, by: str, why: str) -> Lexicon:
        """As :meth:`add`, all or nothing; terms that stand there already as they are change nothing."""
        with self._database.writing() as connection:
            before = _read(connection)
            now = _standing(before)
            known = {term.key: term for term in now.terms}
            wanted = {term.key: term for term in terms if known.get(term.key) != term}
            made = make_lexicon("", now.lists.values(), {**known, **wanted}.values())
            assert_terms(made)
            rows = [self._row("add", wanted[key], by, why) for key in sorted(wanted)]
            _write(connection, rows)
            return _standing(_read(connection))

    def withdraw(self, list_name: str, term: str, *, by: str, why: str) -> Lexicon:
        """Take a term out of use, shipped ones too; its history stays.

        Raises:
            LexiconError: there is no such term in use, or nothing says why.
        """
        with self._database.writing() as connection:
            now = _standing(_read(connection))
            found = next((one for one in now.of(list_name) if one.id == term), None)
            if found is None:
                raise LexiconError(f"no term {list_name}.{term} in use: see `ocb lexicon show {list_name}`")
            _write(connection, [self._row("withdraw", found, by, why)])
            return _standing(_read(connection))

    def note_use(self, batch: int, lexicon: Lexicon) -> None:
        """Put down that a batch was coded with this lexicon; the first note of a batch stands."""
        with self._database.writing() as connection:
            row = {"batch": batch, "version": lexicon.version, "hash": lexicon.hash}
            insert_new(connection, batch_lexicon, [row])

    def used_by(self, batch: int) -> tuple[str, str] | None:
        """Version and hash of the lexicon that coded a batch; None where it was not coded."""
        wanted = select(batch_lexicon.c.version, batch_lexicon.c.hash).where(batch_lexicon.c.batch == batch)
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        return (str(row[0]), str(row[1])) if row else None

    def _row(self, action: Action, term: Term, by: str, why: str) -> dict[str, Any]:
        if not by.strip() or not why.strip() or len(why) > WHY_MAX:
            raise LexiconError(f"say who changes the lexicon and why, in at most {WHY_MAX:,} characters")
        return {
            "action": action,
            "list": term.list_name,
            "term": term.id,
            "body": orjson.dumps(term.as_row()).decode(),
            "changed_by": by,
            "changed_at": iso_utc(self._clock()),
            "why": why,
        }


def assert_terms(lexicon: Lexicon) -> None:
    """Refuse a lexicon that has grown out of all measure.

    Raises:
        LexiconError: more than 200,000 terms.
    """
    if len(lexicon.terms) > 200_000:
        raise LexiconError("more than 200,000 terms: a lexicon is a glossary, not a register")


def _read(connection: Connection) -> tuple[LexiconChange, ...]:
    return tuple(
        LexiconChange(
            row.number,
            cast("Action", row.action),
            _term(row.list, row.body),
            row.changed_by,
            row.changed_at,
            row.why,
        )
        for row in connection.execute(_ALL)
    )


def _term(list_name: str, body: str) -> Term:
    row = cast("dict[str, Any]", orjson.loads(body))
    variants = tuple(cast("list[str]", row["variants"]))
    return Term(list_name, row["id"], row["word"], variants, row["category"], row["note"], row["source"])


def _write(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    last = connection.scalar(select(func.coalesce(func.max(lexicon_change.c.number), 0))) or 0
    if rows:
        connection.execute(
            insert(lexicon_change), [{**row, "number": last + at} for at, row in enumerate(rows, 1)]
        )


@lru_cache(maxsize=8)
def _standing(changes: tuple[LexiconChange, ...]) -> Lexicon:
    base = shipped()
    terms = {term.key: term for term in base.terms}
    for change in changes:
        terms.pop(change.term.key, None)
        if change.action == "add":
            terms[change.term.key] = change.term
    version = f"{SHIPPED_VERSION}+{len(changes)}" if changes else SHIPPED_VERSION
    return make_lexicon(version, base.lists.values(), terms.values())


def _count(version: str, known: int) -> int:
    base, _, count = version.partition("+")
    if base != SHIPPED_VERSION:
        raise LexiconError(
            f"version {version!r} is of other shipped lists than this program's ({SHIPPED_VERSION})"
        )
    if (count and not count.isdigit()) or int(count or 0) > known:
        raise LexiconError(f"no version {version!r}: the newest is {SHIPPED_VERSION}+{known}")
    return int(count or 0)
