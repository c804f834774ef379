"""A series link on the columns of a block: its pieces asked for distinct texts, the usual times and references all at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Array, DataType, pa, pc
from graphcore.evidence import SeriesHead, SeriesRows
from graphcore.evidence.ledger.series_prepare import micros
from graphcore.evidence.series import ORIGINAL, VALUE, rows_schema
from graphcore.model import Value
from ingest.mapping.compiler.columns import Row
from ingest.mapping.compiler.series import BACKWARDS, ConditionPiece, EndPiece, Piece, Said, SeriesStatement
from ingest.mapping.model import FromColumn
from ingest.pipeline.columnar_answers import Ends, EndsFound
from ingest.pipeline.columnar_block import NONE, Asking, Found, Int, KnownTexts, distinct, text_bytes
from ingest.pipeline.columnar_times import utc_micros

T = TypeVar("T")
Flags = NDArray[np.bool_]
_TIMES = (None, "timestamp", "timestamp_utc", "span_start")
_KEYS = (None, "key")
_KEY_LONGEST = 1000
_REMEMBERED = 200_000  # texts of one condition
_PLAIN = range(0x21, 0x7F)


@dataclass(slots=True)
class SeriesOfBlock:
    """What the rows of a block say of one series link; ``among``: the rows that state it, unless refused later."""

    statement: SeriesStatement
    among: Flags
    source: EndsFound
    target: EndsFound
    said: Found[Said]
    at: Int
    until: tuple[Int, Flags] | None
    reference: Array | None
    values: list[Array]

    def rows(self, asking: Asking) -> SeriesRows:
        """The occurrences of the rows that nothing has refused."""
        block, layout = asking.block, self.statement.layout
        places = np.flatnonzero(self.among & asking.alive)
        take = pa.array(places)
        heads, head = self._heads(places)
        columns: dict[str, Array] = {
            "head": pa.array(head, pa.int32()),
            "source": self.source.ends.texts(self.source.codes[places]),
            "target": self.target.ends.texts(self.target.codes[places]),
            "at": pa.array(self.at[places]),
            "row": pa.array(block.number[places]),
        }
        if self.until is not None:
            columns["until"] = pa.array(self.until[0][places], mask=~self.until[1][places])
        if self.reference is not None:
            columns["reference"] = _without_empty(self.reference.take(take))
        for (name, _), values in zip(layout.fields, self.values, strict=True):
            columns[VALUE + name] = values.take(take)
        for name in layout.original or ():
            columns[ORIGINAL + name] = _without_empty(block.columns[name].texts.take(take))
        schema = rows_schema(layout)
        table = pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
        return SeriesRows(self.statement.stated_by, self.statement.file, layout, heads, table)

    def _heads(self, places: Int) -> tuple[list[SeriesHead], Int]:
        ends = (self.source, self.target)
        keys = [end.ends.side_of(end.codes[places]) for end in ends]
        keys.append(self.said.codes[places])
        head, first, _ = distinct(keys, len(places))
        sides = [[*end.ends.sides] for end in ends]
        heads = [
            _head(
                self.statement,
                [side[int(key[row])] for side, key in zip(sides, keys, strict=False)],
                self.said.answers[int(keys[2][row])],
            )
            for row in first.tolist()
        ]
        return heads, head


def ask_series(
    statement: SeriesStatement, asking: Asking, among: Flags, made: Mapping[str, EndsFound]
) -> SeriesOfBlock:
    """Ask a series link of the rows ``among``, piece by piece in the order in which a row is asked."""
    if statement.test is not None:
        among = among & holds(asking, statement.test, among)
    source, target = (_end(asking, end, among, made) for end in (statement.source, statement.target))
    among = among & (source.codes != NONE) & (target.codes != NONE)
    said = _ask(asking, statement.said, among)
    at = _times(asking, statement, statement.at, among)[0]
    until = None
    if statement.until is not None:
        until = _times(asking, statement, statement.until, among)
        backwards = among & asking.alive & until[1] & (until[0] < at)
        asking.refuse(np.flatnonzero(backwards), statement.span_field, BACKWARDS)
    reference = None if statement.reference is None else _reference(asking, statement.reference, among)
    schema = statement.layout.schema()
    values = [
        _values(asking, piece, among, schema.field(VALUE + name).type)
        for (name, _), piece in zip(statement.layout.fields, statement.values, strict=True)
    ]
    return SeriesOfBlock(statement, among, source, target, said, at, until, reference, values)


def holds(asking: Asking, test: ConditionPiece, among: Flags) -> Flags:
    """The rows for which a condition holds; each part of it is asked of its own columns, as it neither warns nor refuses."""
    if test.how is not None:
        inside = [holds(asking, part, among) for part in test.parts]
        if test.how == "not":
            return ~inside[0]
        every = test.how == "all"
        return np.logical_and.reduce(inside) if every else np.logical_or.reduce(inside)
    names = sorted(test.columns.intersection(asking.block.columns))
    if len(names) != 1:
        found = _ask(asking, test, among)
        return np.array([*found.answers, False], bool)[found.codes]
    column, memory = asking.block.columns[names[0]], asking.known.setdefault(id(test), KnownTexts())
    known = memory.of(column)
    found = _ask(asking, test, among & (known == NONE))
    if len(memory) < _REMEMBERED:
        memory.learn(column, found.heads, map(int, found.answers))
    return np.array([*found.answers, False], bool)[found.codes] | (known == 1)


def _ask(asking: Asking, piece: Piece[T], among: Flags) -> Found[T]:
    return asking.ask(sorted(piece.columns), among, lambda row, _number, _more: piece.read(row))


def _end(asking: Asking, end: EndPiece, among: Flags, made: Mapping[str, EndsFound]) -> EndsFound:
    if len(end.names) == 1:
        return made[end.names[0]]
    ends = Ends()
    if end.piece is not None:
        found = _ask(asking, end.piece, among)
        numbers = np.array([*(ends.add(answer) for answer in found.answers), NONE], np.int64)
        return EndsFound(ends, numbers[found.codes])
    codes = np.full(asking.block.size, NONE, np.int64)
    for name in end.names:
        one = made[name]
        here = (codes == NONE) & (one.codes != NONE)
        used, places = np.unique(one.codes[here], return_inverse=True)
        codes[here] = np.array([ends.add(one.ends.ref(at)) for at in used.tolist()], np.int64)[places]
    return EndsFound(ends, codes)


def _times(
    asking: Asking, statement: SeriesStatement, piece: Piece[datetime] | Piece[datetime | None], among: Flags
) -> tuple[Int, Flags]:
    """Microseconds by row, and where a time is given."""
    out, known = np.zeros(asking.block.size, np.int64), np.zeros(asking.block.size, bool)
    name = _plain_column(asking, cast("Piece[datetime | None]", piece), _TIMES)
    if name is not None and piece is statement.at:
        utc = piece.value is not None and piece.value.clean == "timestamp_utc"
        settings = replace(statement.settings, timezone="UTC") if utc else statement.settings
        out, known = utc_micros(asking.block.columns[name].texts, settings)
    read: Callable[[Row], datetime | None] = piece.read
    found = asking.ask(sorted(piece.columns), among & ~known, lambda row, _number, _more: read(row))
    asked = found.codes != NONE
    moments = np.array([0 if answer is None else micros(answer) for answer in found.answers], np.int64)
    given = np.array([answer is not None for answer in found.answers], bool)
    out[asked], known[asked] = moments[found.codes[asked]], given[found.codes[asked]]
    return out, known


def _reference(asking: Asking, piece: Piece[str], among: Flags) -> Array:
    name = _plain_column(asking, piece, _KEYS)
    if name is not None:
        texts = asking.block.columns[name].texts
        if _needs_no_cleaning(texts):
            return texts
    return _texts(_ask(asking, piece, among))


def _values(asking: Asking, piece: Piece[Value | None], among: Flags, kind: DataType) -> Array:
    found = _ask(asking, piece, among)
    return pa.array(found.answers, kind).take(_indices(found))


def _texts(found: Found[str]) -> Array:
    return pa.array(found.answers, pa.string()).take(_indices(found))


def _indices(found: Found[T]) -> Array:
    return pa.array(found.codes, mask=found.codes == NONE)


def _plain_column(asking: Asking, piece: Piece[T], cleaners: Sequence[str | None]) -> str | None:
    """The column that a piece reads, where it reads one as it stands under one of some cleaners."""
    value = piece.value
    if not isinstance(value, FromColumn) or value.column not in asking.block.columns:
        return None
    plain = value.split is None and value.lookup is None and value.default is None and value.when is None
    return value.column if plain and value.on_error == "quarantine" and value.clean in cleaners else None


def _needs_no_cleaning(texts: Array) -> bool:
    """True if every text is printable, without spaces and no longer than a reference may be."""
    if not len(texts):
        return True
    offsets, data = text_bytes(texts)
    raw = data[offsets[0] : offsets[-1]]
    longest = int(np.diff(offsets).max())
    return longest <= _KEY_LONGEST and not ((raw < _PLAIN.start) | (raw >= _PLAIN.stop)).any()


def _head(statement: SeriesStatement, sides: Sequence[tuple[str, str]], said: Said) -> SeriesHead:
    return SeriesHead(
        statement.link_type, sides[0], sides[1], said.reference, tuple(sorted(said.properties)), said.label, said.grading,
        said.known_at,
    )  # fmt: skip


def _without_empty(texts: Array) -> Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
