"""What the ledger knows of some series already: the occurrences of one source on some links under some labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, bindparam, select

from graphcore.access.label import AccessLabel
from graphcore.arrow import Table, pa
from graphcore.evidence.grading import Grading, GradingScheme
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.places import is_withdrawn
from graphcore.evidence.ledger.series_arrange import Flags, Int, Marks, marks_of
from graphcore.evidence.ledger.series_blocks import decode
from graphcore.evidence.ledger.series_draft import Pairs
from graphcore.evidence.ledger.series_prepare import other_hash
from graphcore.evidence.ledger.series_tables import series_block, series_part
from graphcore.evidence.ledger.tables import link_origin, record

_THERE = select(link_origin.c.id).where(link_origin.c.id.in_(items_of("keys")))
_PARTS = (
    select(
        series_part.c.block, series_part.c.start, series_part.c.length, record.c.seq, record.c.owner, record.c.label,
        record.c.grading_scheme, record.c.grading_source, record.c.grading_intelligence, record.c.properties,
    )
    .join_from(record, series_part, series_part.c.seq == record.c.seq)
    .where(record.c.owner.in_(items_of("keys")), record.c.source == bindparam("source"), ~is_withdrawn())
    .order_by(series_part.c.block, series_part.c.start)
)  # fmt: skip
_BODY = select(series_block.c.body).where(series_block.c.number == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Known:
    """Occurrences of records that stand: pair number, marks and record of each."""

    pair: Int
    marks: Marks
    seq: Int

    def repeated(self, again: Flags) -> list[int]:
        """The records whose every occurrence is said again."""
        whole = set(self.seq.tolist()).difference(self.seq[~again].tolist())
        return sorted(whole)


def links_there(connection: Connection, pairs: Pairs) -> list[str]:
    """Those of some link origins that the ledger has: of a new one nothing is known, and the index by owner may be put off."""
    owners = [*dict.fromkeys(owner for owner, _ in pairs.numbers)]
    return [*connection.scalars(_THERE, {"keys": key_list(owners)})]


def find_known(
    connection: Connection,
    owners: list[str],
    source: str,
    pairs: Pairs,
    labels: dict[AccessLabel, int],
    key: bytes,
) -> Known | None:
    """The known occurrences of some (link origin, label), None where there are none.

    Args:
        connection: Inside the transaction that will add to them.
        owners: The link origins that the ledger has.
        source: Only what this source said.
        pairs: Whose numbers the answer uses.
        labels: Numbers of their labels.
        key: For the marks.
    """
    held = [labels[label] for label in pairs.labels]
    numbers = {(owner, held[place]): at for (owner, place), at in pairs.numbers.items()}
    found = connection.execute(_PARTS, {"keys": key_list(owners), "source": source}).all()
    kept = [row for row in found if (row[4], row[5]) in numbers]
    if not kept:
        return None
    tables = [*_tables(connection, kept)]
    marks = [marks_of(table, key) for table in tables]
    return Known(
        _spread([numbers[row[4], row[5]] for row in kept], kept),
        Marks(
            np.concatenate([each.at for each in marks]),
            np.concatenate([each.same for each in marks]),
            np.concatenate([each.said for each in marks])
            ^ _spread([_other(row) for row in kept], kept).view(np.uint64),
        ),
        _spread([row[3] for row in kept], kept),
    )


def _tables(connection: Connection, parts: Sequence[Any]) -> Iterator[Table]:
    """The rows of parts that are ordered by block, one block in memory at a time."""
    number, table = None, pa.table({})
    for block, start, length, *_ in parts:
        if block != number:
            number, table = block, decode(connection.execute(_BODY, {"key": block}).scalar_one())
        yield table.slice(start, length)


def _other(row: Sequence[Any]) -> int:
    scheme = row[6]
    grading = Grading(GradingScheme(scheme), row[7] or "", row[8] or "") if scheme else None
    return int(np.uint64(other_hash(grading, orjson.loads(row[9]))).view(np.int64))


def _spread(values: Sequence[int], parts: Sequence[Any]) -> Int:
    return np.repeat(np.array(values, np.int64), [part[2] for part in parts])
