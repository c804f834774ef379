"""Some rows of a delimited file as columns of text, and functions of a row asked once for each distinct text.

Rows that a function refuses are out from then on, as they are when rows are mapped one by one; what a function warns of
counts for every row that it would have been asked for.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Array, DictionaryArray, pa, pc
from ingest.errors import RowRefusedError
from ingest.mapping.compiler.columns import Row
from ingest.mapping.compiler.context import Warned, Warnings
from ingest.readers import BadRow

T = TypeVar("T")
Int = NDArray[np.int64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]
NONE = -1
_Warned = dict[tuple[str, str, str], Warned]


@dataclass(slots=True)
class Column:
    """One column of texts with its distinct texts by number."""

    texts: Array
    _encoded: DictionaryArray | None = None
    _codes: Int | None = None

    @property
    def is_encoded(self) -> bool:
        """True if somebody asked for the distinct texts."""
        return self._encoded is not None

    @property
    def encoded(self) -> DictionaryArray:
        """The column by distinct text."""
        if self._encoded is None:
            self._encoded = self.texts.dictionary_encode()
        return self._encoded

    @property
    def codes(self) -> Int:
        """Number of each row's text."""
        codes = self._codes
        if codes is None:
            codes = self._codes = self.encoded.indices.to_numpy().astype(np.int64)
        return codes


@dataclass(slots=True)
class TextBlock:
    """Rows of a file: ``number`` (in the file, from 1) of those that could be read, and those that could not."""

    header: tuple[str, ...]
    columns: dict[str, Column]
    number: Int
    bad: list[tuple[int, BadRow]]
    last: int

    @property
    def size(self) -> int:
        """Rows that could be read."""
        return len(self.number)

    def maybe_blank(self, name: str) -> NDArray[np.bool_]:
        """The rows whose text in a column may be nothing but space: all but those that begin with a plain character."""
        if name not in self.columns:
            return np.ones(self.size, bool)
        offsets, raw = text_bytes(self.columns[name].texts)
        if not len(raw):
            return np.ones(self.size, bool)
        first = raw[np.minimum(offsets[:-1], len(raw) - 1)]
        return (offsets[1:] == offsets[:-1]) | (first <= ord(" ")) | (first >= 0x7F)

    def row(self, place: int) -> list[str]:
        """One row as the row reader gives it."""
        return [self.columns[name].texts[place].as_py() for name in self.header]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is refused, by its place in the block."""

    place: int
    error: RowRefusedError


@dataclass(slots=True)
class Found(Generic[T]):
    """What a function gave: ``answers`` by number, and by row of the block the number of its answer, or -1.

    ``heads`` is by answer the place of the first row that gave it; ``warned`` are the answers that came with a warning.
    """

    answers: list[T]
    codes: Int
    heads: list[int] = field(default_factory=list[int])
    warned: set[int] = field(default_factory=set[int])


@dataclass(slots=True)
class KnownTexts:
    """Texts that are known to give some number, from block to block."""

    _texts: Array = field(default_factory=lambda: pa.array([], pa.string()))
    _numbers: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self._numbers)

    def of(self, column: Column) -> Int:
        """By row of a column the number that its text gives, -1 where that is not known."""
        places = pc.index_in(column.encoded.dictionary, value_set=self._texts)
        return np.append(self._numbers, NONE)[pc.fill_null(places, NONE).to_numpy()][column.codes]

    def learn(self, column: Column, rows: Sequence[int], numbers: Iterable[int]) -> None:
        """Keep what the texts of some rows give; none of them is known, nor there twice."""
        if rows:
            self._texts = pa.concat_arrays([self._texts, column.texts.take(pa.array(rows))])
            self._numbers.extend(numbers)


@dataclass(slots=True)
class Asking:
    """Asks functions of a block's rows. ``alive`` are the rows that nothing has refused yet.

    ``known`` is what conditions give for texts, by condition, from block to block.
    """

    block: TextBlock
    warnings: Warnings
    known: dict[int, KnownTexts] = field(default_factory=dict[int, KnownTexts])
    alive: NDArray[np.bool_] = field(init=False)
    refused: list[Refusal] = field(default_factory=list[Refusal])

    def __post_init__(self) -> None:
        self.alive = np.ones(self.block.size, bool)

    def ask(
        self,
        columns: Sequence[str],
        among: NDArray[np.bool_],
        function: Callable[[Row, int, tuple[int, ...]], T],
        more: Sequence[Int] = (),
    ) -> Found[T]:
        """The answers of ``function`` for the rows ``among`` (of those alive), asked once for each distinct input.

        Args:
            columns: Those that the function reads; in the row it gets all others are empty.
            among: By row of the block.
            function: Gets a row, its number in the file, and the values of ``more``.
            more: Further numbers by row on which the answer hangs.
        """
        places = np.flatnonzero(among & self.alive)
        known = [name for name in columns if name in self.block.columns]
        keys = [*(self.block.columns[name].codes for name in known), *more]
        codes, first, counts = distinct([key[places] for key in keys], len(places))
        found: Found[T] = Found([], np.full(self.block.size, NONE, np.int64))
        answer_of = np.full(len(first), NONE, np.int64)
        order = np.argsort(first, kind="stable")
        heads = places[first[order]]
        slots = [self.block.header.index(name) for name in known]
        texts = [self.block.columns[name].texts.take(pa.array(heads)).to_pylist() for name in known]
        extras = [key[heads].tolist() for key in more]
        rows = zip(*texts, strict=True) if texts else repeat((), len(heads))
        extra_of = zip(*extras, strict=True) if extras else repeat((), len(heads))
        starts = heads.tolist()
        numbers, width = self.block.number[heads].tolist(), len(self.block.header)
        kept, scratch = self.warnings.found, _Warned()
        refused: list[tuple[int, RowRefusedError]] = []
        self.warnings.found = scratch
        for at, head, number, count, given, extra in zip(
            order.tolist(), starts, numbers, counts[order].tolist(), rows, extra_of, strict=True
        ):
            row = [""] * width
            for slot, text in zip(slots, given, strict=True):
                row[slot] = text
            self.warnings.row = number
            try:
                answer = function(row, number, extra)
            except RowRefusedError as error:
                refused.append((at, _bare(error)))
            else:
                answer_of[at] = len(found.answers)
                found.answers.append(answer)
                found.heads.append(head)
                if scratch:
                    found.warned.add(len(found.answers) - 1)
            if scratch:
                _count(kept, scratch, count, lambda r=row, n=number, e=extra: function(r, n, e))
        self.warnings.found = kept
        if refused:
            self._refuse_kinds(places, codes, refused)
        found.codes[places] = answer_of[codes] if len(places) else NONE
        return found

    def refuse(self, places: Places, field_name: str, reason: str) -> None:
        """Refuse some rows."""
        self.alive[places] = False
        self.refused += [Refusal(place, RowRefusedError(field_name, reason)) for place in places.tolist()]

    def _refuse_kinds(
        self, places: Places, codes: Int, refused: Sequence[tuple[int, RowRefusedError]]
    ) -> None:
        """Refuse all rows of some kinds."""
        error_of = dict(refused)
        gone = np.flatnonzero(np.isin(codes, np.array([*error_of], np.int64)))
        self.alive[places[gone]] = False
        self.refused += [
            Refusal(place, error_of[kind])
            for place, kind in zip(places[gone].tolist(), codes[gone].tolist(), strict=True)
        ]


def _bare(error: RowRefusedError) -> RowRefusedError:
    """The error without the frames it came from: they hold this block, in a ring that only a full collection opens."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error


def _count(kept: _Warned, scratch: _Warned, count: int, call: Callable[[], object]) -> None:
    """Count what a call warned of, for every row of its kind: the first warns of new texts, all warn of the rest."""
    first = dict(scratch)
    scratch.clear()
    if count > 1:
        with suppress(RowRefusedError):
            call()
    for key, warned in first.items():
        more = scratch[key].count * (count - 1) if key in scratch else 0
        known = kept.setdefault(key, Warned(0, warned.first_row))
        known.count += warned.count + more
        known.first_row = min(known.first_row, warned.first_row)
    scratch.clear()


def text_bytes(texts: Array) -> tuple[Int, NDArray[np.uint8]]:
    """Where each text begins in the UTF-8 bytes of all of them (and the last ends), and the bytes."""
    if not len(texts):
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    large = texts.cast(pa.large_string())
    _, ends, data = large.buffers()
    offsets = np.frombuffer(ends, np.int64, len(large) + 1, large.offset * 8)
    return offsets, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def distinct(keys: Sequence[Int], size: int) -> tuple[Int, Int, Int]:
    """Of rows of numbers: number of the kind of each, first row and count of each kind."""
    combined = np.zeros(size, np.int64)
    for key in keys:
        high = int(key.max(initial=NONE)) + 2
        if high > 1 and int(combined.max(initial=0)) > 2**62 // high:
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
        combined = combined * high + (key + 1)
    if not size:
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    if (high := int(combined.max()) + 1) <= 2 * size:
        return _counted(combined, high)
    _, first, codes, counts = np.unique(combined, return_index=True, return_inverse=True, return_counts=True)
    return codes.astype(np.int64), first.astype(np.int64), counts.astype(np.int64)


def _counted(numbers: Int, high: int) -> tuple[Int, Int, Int]:
    """As :func:`distinct`, of numbers below ``high``: without sorting them."""
    counts = np.bincount(numbers, minlength=high)
    used = np.flatnonzero(counts)
    code_of = np.zeros(high, np.int64)
    code_of[used] = np.arange(len(used))
    first = np.zeros(high, np.int64)
    first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)
    return code_of[numbers], first[used], counts[used].astype(np.int64)
