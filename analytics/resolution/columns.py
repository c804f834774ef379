"""Values of many records as numbers into lists of distinct ones: everything dear is done once a distinct value.

Number 0 is "says nothing", in every column. A record may give up to :data:`WIDTH` values; the first ones count.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import count
from typing import Any, Final, TypeVar, cast
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from analytics.resolution.keys import Bool, Int64, Words
from graphcore.arrow import pa, pc

Int32 = NDArray[np.int32]
Objects = NDArray[np.object_]
Made = TypeVar("Made")
WIDTH: Final = 3
WORDS: Final = 6
KINDS: Final = 32
_TEXTS: Final = 1 << 16  # whose letters are counted at once


@dataclass(frozen=True, slots=True, eq=False)
class WordLengths:
    """Words of texts. ``masks``: one of 64 bits for each word; ``bits``, ``lengths``: shape (:data:`WORDS`, n), which bit,
    and how many letters with the space behind it, 0 where there is no such word; ``plain``: no word twice, not too many, and one space
    between them.
    """

    masks: Words
    bits: NDArray[np.uint8]
    lengths: NDArray[np.float32]
    plain: Bool


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """Distinct texts, number 0 is none, and what has been worked out of them once."""

    values: Objects
    _made: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any], repr=False, kw_only=True)

    def once(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, kept under ``name``: for what is dear and depends on this object alone."""
        if name not in self._made:
            self._made[name] = make()
        return cast("Made", self._made[name])

    def letters(self) -> tuple[Words, NDArray[np.float32]]:
        """Which kinds of letters each text has once and twice, as bits, and how many letters."""
        return self.once("letters", lambda: letters_of(self.values))

    def words(self) -> WordLengths:
        """The words of each text."""
        return self.once("words", lambda: word_lengths_of(self.values.tolist()))

    def hashes(self) -> Words:
        """A 64-bit hash of each text, the same in every column and every run."""
        return self.once("hashes", lambda: hashes_of(self.values.tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class Each(_Values):
    """One text for each distinct value of a column: ``numbers[v]`` is the number in ``values`` of what value ``v`` gives."""

    numbers: Int32


@dataclass(frozen=True, slots=True, eq=False)
class Column(_Values):
    """``ids``: int32, shape (n, width), into ``values``; places behind the last value of a record are 0.

    ``counted``: tells how many records give values with some hashes, where that is not for these records to say (a
    standing fit).
    """

    ids: Int32
    counted: Callable[[Words], Int64] | None = None

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]], width: int = WIDTH) -> Column:
        """A column from the texts of each record, empty ones left out."""
        growing = Growing(width)
        n = -1
        for n, texts in enumerate(rows):
            if texts:
                growing.add(n, texts)
        return growing.column(n + 1)

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.ids)

    def part(self, rows: Int64) -> Column:
        """Of some records, by place, where counts are not for these records to say: the rest follows from the values."""
        return replace(self, ids=self.ids[rows], _made=self._made)

    def derive(self, rule: Callable[[str], Iterable[str]], width: int = WIDTH) -> Column:
        """The column of what ``rule`` makes of each distinct value; equal results are equal numbers."""
        return self._spread(
            Column.of(((), *(tuple(rule(text)) for text in self.values[1:].tolist())), width), width
        )

    def one(self, rule: Callable[[str], str], width: int = WIDTH) -> Column:
        """As :meth:`derive`, where ``rule`` makes one text of each value, or "" for none."""
        numbers = {"": 0}
        made = [numbers.setdefault(rule(text), len(numbers)) for text in self.values[1:].tolist()]
        return Column(objects([*numbers]), _packed(np.array([0, *made], dtype=np.int32)[self.ids], width))

    def _spread(self, made: Column, width: int) -> Column:
        chosen = made.ids[self.ids].reshape(self.n, self.ids.shape[1] * made.ids.shape[1])
        return Column(made.values, _packed(chosen, width))

    def each(self, rule: Callable[[str], str]) -> Each:
        """What ``rule`` makes of each distinct value; worked out once for one rule."""
        return self.once(rule, lambda: self.eaches(rule)[0])

    def eaches(self, *rules: Callable[[str], str]) -> list[Each]:
        """What several rules make of each distinct value, a value at a time, so that what they share is at hand."""
        made = [(rule, {"": 0}, array("i", [0])) for rule in rules]
        for text in self.values[1:].tolist():
            for rule, numbers, chosen in made:
                chosen.append(numbers.setdefault(rule(text), len(numbers)))
        return [
            Each(objects([*numbers]), np.frombuffer(chosen, dtype=np.int32)) for _, numbers, chosen in made
        ]

    def of_each(self, made: Each) -> Column:
        """The column of what ``made`` says of each distinct value of this one."""
        return self._spread(Column(made.values, made.numbers[:, None]), WIDTH)

    def flags(self, rule: Callable[[str], bool]) -> Bool:
        """Whether ``rule`` holds of each distinct value; worked out once for one rule."""
        return self.once(
            rule, lambda: np.array([rule(text) for text in self.values.tolist()], dtype=np.bool_)
        )

    def present(self) -> Bool:
        """Which records say anything."""
        return np.asarray(self.ids[:, 0] > 0)

    def counts(self) -> Int64:
        """How many records give each value; at least 1."""
        return self.once("counts", self._counts)

    def _counts(self) -> Int64:
        if self.counted is not None:
            return np.maximum(self.counted(self.hashes()), 1)
        found = np.bincount(self.ids.ravel(), minlength=len(self.values))
        found[0] = 0
        return np.maximum(found, 1).astype(np.int64)


class Growing:
    """A column that is read record by record."""

    def __init__(self, width: int = WIDTH) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__, {})
        self._numbers[""]  # has number 0
        self._rows, self._found, self._places = array("q"), array("i"), array("b")
        self._width = width

    def add(self, row: int, texts: Sequence[object]) -> None:
        """What record ``row`` says, each text once; rows ascend."""
        place = 0
        for said in texts if len(texts) <= self._width else texts[: self._width]:
            number = self._numbers[str(said)]
            if number and not (place and number in self._found[-place:]):
                self._rows.append(row)
                self._found.append(number)
                self._places.append(place)
                place += 1

    def column(self, n: int) -> Column:
        """The column of ``n`` records; nothing can be added afterwards."""
        rows, found = np.frombuffer(self._rows, dtype=np.int64), np.frombuffer(self._found, dtype=np.int32)
        places = np.frombuffer(self._places, dtype=np.int8)
        ids = np.zeros((n, max(1, int(places.max(initial=0)) + 1)), dtype=np.int32)
        ids[rows, places] = found
        return Column(objects([*self._numbers]), ids)


def hashes_of(texts: Iterable[str]) -> Words:
    """A 64-bit hash of each text, the same everywhere: what is kept is hashed once more with the key of its workspace."""
    digests = b"".join(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def letters_of(values: Objects) -> tuple[Words, NDArray[np.float32]]:
    """Which of 32 kinds of letters each text has, as the lower bits, and which it has twice, as the upper ones; and how many
    letters.
    """
    texts = pa.array(values, pa.large_string())
    _, ends, raw = texts.buffers()
    offsets = np.frombuffer(ends, np.int64, len(texts) + 1)
    kinds = np.frombuffer(raw, np.uint8, int(offsets[-1])) & np.uint8(KINDS - 1)
    masks, lengths = np.zeros(len(texts), np.uint64), np.diff(offsets)
    for start in range(0, len(texts), _TEXTS):
        part = lengths[start : start + _TEXTS]
        inside = kinds[offsets[start] : offsets[start + len(part)]]
        row = np.repeat(np.arange(len(part)) * KINDS, part)
        masks[start : start + _TEXTS] = _masks(np.bincount(row + inside, minlength=len(part) * KINDS))
    for at in np.flatnonzero(~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)).tolist():
        codes = np.array([ord(letter) & (KINDS - 1) for letter in values[at]])
        masks[at], lengths[at] = _masks(np.bincount(codes, minlength=KINDS))[0], len(values[at])
    return masks, lengths.astype(np.float32)


def _masks(counts: Int64) -> Words:
    """The bits of some texts from how often each kind of letter stands in each."""
    times = counts.reshape(-1, KINDS)
    bits = np.packbits(np.concatenate([times > 0, times > 1], axis=1), axis=1, bitorder="little")
    return bits.view("<u8")[:, 0].astype(np.uint64)


def word_lengths_of(texts: Sequence[str]) -> WordLengths:
    """The words of each text; which bit a word has depends on the word alone."""
    masks, plain = np.zeros(len(texts), np.uint64), np.zeros(len(texts), np.bool_)
    bits, lengths = np.zeros((WORDS, len(texts)), np.uint8), np.zeros((WORDS, len(texts)), np.float32)
    bit_of: dict[str, int] = {}
    for at, text in enumerate(texts):
        found = text.split()
        plain[at] = len(found) <= WORDS and len({*found}) == len(found) and text == " ".join(found)
        mask = 0
        for place, word in enumerate(found[:WORDS] if plain[at] else ()):
            bit = bit_of.get(word)
            if bit is None:
                bit = bit_of[word] = crc32(word.encode("utf-8", "surrogatepass")) & 63
            bits[place, at], lengths[place, at] = bit, len(word) + 1
            mask |= 1 << bit
        masks[at] = mask
    return WordLengths(masks, bits, lengths, plain)


def objects(values: list[str]) -> Objects:
    """Texts as an array of objects."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _packed(ids: Int32, width: int) -> Int32:
    """Each row's distinct numbers first, zeros behind, in the order given."""
    if ids.shape[1] == 1:
        return ids
    for place in range(1, ids.shape[1]):
        seen = np.any(ids[:, :place] == ids[:, place : place + 1], axis=1)
        ids[seen, place] = 0
    order = np.argsort(ids == 0, axis=1, kind="stable")
    packed = np.take_along_axis(ids, order, axis=1)[:, :width]
    used = max(1, int(np.max(np.sum(packed > 0, axis=1), initial=1)))
    return np.ascontiguousarray(packed[:, :used])
