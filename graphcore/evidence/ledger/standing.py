"""The standing fit inside one transaction: keys, counts and groups by number. Knows nothing of what they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from graphcore.evidence.ledger.dialect import insert_tuples, items_of, key_list, numbers_of
from graphcore.evidence.ledger.standing_tables import (
    COMMON,
    standing_count,
    standing_fit,
    standing_group,
    standing_key,
)
from graphcore.evidence.ledger.tables import origin, record
from graphcore.evidence.siphash import hash_words
from graphcore.model.ids import IdMaker

Int64 = NDArray[np.int64]
Words = NDArray[np.uint64]
CHUNK: Final = 20_000
_ROWS: Final = 200_000
_FIT = (
    standing_fit.c.number, standing_fit.c.entity_type, standing_fit.c.document, standing_fit.c.records,
    standing_fit.c.every_pair, standing_fit.c.reach,
)  # fmt: skip


_KEYS = select(standing_key.c.hash, standing_key.c.origin).where(
    standing_key.c.fit == bindparam("fit"), standing_key.c.hash.in_(numbers_of("keys"))
)
_COMMON = select(standing_key.c.hash).where(
    standing_key.c.fit == bindparam("fit"),
    standing_key.c.hash.in_(numbers_of("keys")),
    standing_key.c.origin == COMMON,
)
_FITS = select(*_FIT).order_by(standing_fit.c.number)
_COUNTS = select(standing_count.c.hash, standing_count.c.count).where(
    standing_count.c.fit == bindparam("fit"), standing_count.c.hash.in_(numbers_of("keys"))
)
_GROUPS = select(standing_group.c.origin, standing_group.c.lowest, standing_group.c.bar).where(
    standing_group.c.fit == bindparam("fit"), standing_group.c.origin.in_(numbers_of("keys"))
)
# nothing but what the index holds: for any other column SQLite would read the whole fit instead
_MEMBERS = select(standing_group.c.origin).where(
    standing_group.c.fit == bindparam("fit"), standing_group.c.lowest.in_(numbers_of("keys"))
)
_FORGET = delete(standing_group).where(
    standing_group.c.fit == bindparam("of_fit"), standing_group.c.origin.in_(numbers_of("keys"))
)
_ADVANCE = (
    update(standing_fit)
    .where(standing_fit.c.number == bindparam("of_fit"))
    .values(reach=bindparam("reached"))
)
_NUMBERS = select(origin.c.first_seq).where(origin.c.origin_id.in_(items_of("keys")))
_OWNERS = select(record.c.seq, record.c.owner).where(record.c.seq.in_(numbers_of("keys")))
_NEW = (
    select(record.c.seq, record.c.owner)
    .join_from(record, origin, origin.c.origin_id == record.c.owner)
    .where(record.c.seq > bindparam("after"), origin.c.first_seq == record.c.seq)
    .where(origin.c.entity_type == bindparam("type"))
    .order_by(record.c.seq)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class FitRow:
    """One standing fit: its weights as a document, of how many records, and the last record that was matched."""

    number: int
    entity_type: str
    document: str
    records: int
    every_pair: bool
    reach: int


@dataclass(frozen=True, slots=True, eq=False)
class GroupRows:
    """``origins``: numbers; ``lowest``: the group of each, by its lowest one; ``bars``: where it is connected."""

    origins: Int64
    lowest: Int64
    bars: NDArray[np.float64]


class StandingIndex:
    """The standing fits of one ledger, in the caller's transaction."""

    def __init__(self, connection: Connection, ids: IdMaker) -> None:
        self._connection = connection
        self._key = blake2b(ids.key, digest_size=16, person=b"standing fit").digest()

    def hidden(self, codes: Words) -> Int64:
        """Codes as they are kept: they tell nothing without the key of the workspace."""
        if not len(codes):
            return np.empty(0, dtype=np.int64)
        return hash_words(self._key, [codes]).view(np.int64)

    def fits(self) -> dict[str, FitRow]:
        """The ones that stand, by type."""
        rows = (FitRow(*row) for row in self._connection.execute(_FITS))
        return {row.entity_type: row for row in rows}

    def fit(self, entity_type: str) -> FitRow | None:
        """The one that stands for a type."""
        return self.fits().get(entity_type)

    def begin(self, row: FitRow, moment: str) -> FitRow:
        """A new fit instead of those that there are; ``row.number`` is not looked at."""
        of_type = select(standing_fit.c.number).where(standing_fit.c.entity_type == row.entity_type)
        earlier = self._connection.scalars(of_type).all()
        for table in (standing_key, standing_count, standing_group):
            self._connection.execute(delete(table).where(table.c.fit.in_(earlier)))
        self._connection.execute(delete(standing_fit).where(standing_fit.c.number.in_(earlier)))
        values = {
            "entity_type": row.entity_type, "made_at": moment, "document": row.document, "records": row.records,
            "every_pair": row.every_pair, "reach": row.reach,
        }  # fmt: skip
        made = self._connection.execute(insert(standing_fit).values(values)).inserted_primary_key
        assert made is not None  # noqa: S101 -- one row was inserted
        return replace(row, number=int(made[0]))

    def add_keys(self, fit: FitRow, hashes: Int64, origins: Int64) -> None:
        """Rows of distinct (hash, origin), best ascending."""
        self._add(standing_key, ("fit", "hash", "origin"), fit, hashes, origins)

    def add_counts(self, fit: FitRow, hashes: Int64, counts: Int64) -> None:
        """How many records give a value; only those of at least two."""
        self._add(standing_count, ("fit", "hash", "count"), fit, hashes, counts)

    def _add(self, table: Any, columns: tuple[str, ...], fit: FitRow, *values: Int64) -> None:
        for start in range(0, len(values[0]), _ROWS):
            part = [column[start : start + _ROWS].tolist() for column in values]
            rows = [*zip([fit.number] * len(part[0]), *part, strict=True)]
            insert_tuples(self._connection, table, columns, rows)

    def put_groups(self, fit: FitRow, rows: GroupRows) -> None:
        """Groups of some origins instead of those that they were in."""
        columns = ("fit", "origin", "lowest", "bar")
        for start in range(0, len(rows.origins), _ROWS):
            part = slice(start, start + _ROWS)
            keys = rows.origins[part].tolist()
            self._connection.execute(_FORGET, {"of_fit": fit.number, "keys": key_list(keys)})
            several = zip(
                [fit.number] * len(keys),
                keys,
                rows.lowest[part].tolist(),
                rows.bars[part].tolist(),
                strict=True,
            )
            insert_tuples(self._connection, standing_group, columns, [*several])

    def keys(self, fit: FitRow, hashes: Int64) -> tuple[Int64, Int64]:
        """Rows (hash, origin) of some keys."""
        return self._pairs(_KEYS, fit, hashes)

    def counts(self, fit: FitRow, hashes: Int64) -> tuple[Int64, Int64]:
        """Rows (hash, count) of some values."""
        return self._pairs(_COUNTS, fit, hashes)

    def common_of(self, fit: FitRow, hashes: Int64) -> list[int]:
        """Those of some keys that too many share."""
        found: list[int] = []
        for keys in _pages(np.unique(hashes)):
            found += self._connection.scalars(_COMMON, {"fit": fit.number, "keys": key_list(keys)})
        return found

    def common(self, fit: FitRow) -> Int64:
        """All keys that too many share, ascending."""
        wanted = select(standing_key.c.hash).where(
            standing_key.c.fit == fit.number, standing_key.c.origin == COMMON
        )
        return np.array(self._connection.scalars(wanted.order_by(standing_key.c.hash)).all(), dtype=np.int64)

    def every_count(self, fit: FitRow) -> tuple[Int64, Int64]:
        """All rows (hash, count), ascending."""
        wanted = select(standing_count.c.hash, standing_count.c.count).where(
            standing_count.c.fit == fit.number
        )
        rows = self._connection.execute(wanted.order_by(standing_count.c.hash)).all()
        return _columns([(row[0], row[1]) for row in rows])

    def _pairs(self, wanted: Any, fit: FitRow, hashes: Int64) -> tuple[Int64, Int64]:
        rows: list[tuple[int, int]] = []
        for keys in _pages(np.unique(hashes)):
            found = self._connection.execute(wanted, {"fit": fit.number, "keys": key_list(keys)})
            rows += [(int(row[0]), int(row[-1])) for row in found]
        return _columns(rows)

    def groups(self, fit: FitRow, origins: Collection[int]) -> GroupRows:
        """The groups of some origins."""
        rows: list[tuple[Any, ...]] = []
        for some in _pages(np.array(sorted(origins), dtype=np.int64)):
            found = self._connection.execute(_GROUPS, {"fit": fit.number, "keys": key_list(some)})
            rows += [tuple(row) for row in found]
        numbers, lowest, bars = zip(*rows, strict=True) if rows else ((), (), ())
        return GroupRows(np.array(numbers, np.int64), np.array(lowest, np.int64), np.array(bars, np.float64))

    def members(self, fit: FitRow, lowest: Collection[int]) -> list[int]:
        """All members of some groups."""
        found: list[int] = []
        for some in _pages(np.array(sorted(lowest), dtype=np.int64)):
            found += self._connection.scalars(_MEMBERS, {"fit": fit.number, "keys": key_list(some)})
        return found

    def everybody(self, fit: FitRow) -> list[int]:
        """All origins that were matched."""
        wanted = select(standing_group.c.origin).where(standing_group.c.fit == fit.number)
        return [*self._connection.scalars(wanted)]

    def origin_ids(self, numbers: Collection[int]) -> dict[int, str]:
        """The origins behind numbers."""
        found: dict[int, str] = {}
        for keys in _pages(np.array(sorted(numbers), dtype=np.int64)):
            rows = self._connection.execute(_OWNERS, {"keys": key_list(keys)})
            found |= {row[0]: row[1] for row in rows}
        return found

    def numbers(self, origin_ids: Collection[str]) -> list[int]:
        """The numbers of some origins."""
        if not origin_ids:
            return []
        return [*self._connection.scalars(_NUMBERS, {"keys": key_list([*origin_ids])})]

    def newcomers(self, fit: FitRow, most: int) -> list[tuple[int, str]]:
        """Origins that came since the last match, in order of arrival: number and id."""
        given = {"after": fit.reach, "type": fit.entity_type, "most": most}
        return [(row[0], row[1]) for row in self._connection.execute(_NEW, given)]

    def last(self) -> int:
        """Number of the newest record; 0 for an empty ledger."""
        return int(self._connection.scalar(select(func.coalesce(func.max(record.c.seq), 0))) or 0)

    def advance(self, fit: FitRow, reach: int) -> None:
        """All records up to ``reach`` were matched."""
        self._connection.execute(_ADVANCE, {"of_fit": fit.number, "reached": reach})


def _columns(rows: Sequence[tuple[int, int]]) -> tuple[Int64, Int64]:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _pages(keys: Int64) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK].tolist()
