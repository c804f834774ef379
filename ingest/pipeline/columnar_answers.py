"""What statements gave for texts: answers that outlive a block, so that a text which comes again is not asked again."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from graphcore.access import AccessLabel
from graphcore.arrow import Array, pa
from graphcore.evidence import EntityRecord, OriginRef, Record
from ingest.mapping.compiler.columns import Row
from ingest.pipeline.columnar_block import NONE, Asking, Flags, Int, KnownTexts

State = Callable[[Row, int, tuple[int, ...]], Record | None]


@dataclass(slots=True)
class Ends:
    """Things that links may end at, each once, by number."""

    sides: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    _numbers: list[dict[str, int]] = field(default_factory=list[dict[str, int]])
    _texts: list[str] = field(default_factory=list[str])
    _side_of: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, ref: OriginRef | None) -> int:
        """The number of a thing; -1 for none."""
        if ref is None:
            return NONE
        side = self.sides.setdefault((ref.source, ref.entity_type), len(self.sides))
        if side == len(self._numbers):
            self._numbers.append({})
        number = self._numbers[side].setdefault(ref.reference, len(self._texts))
        if number == len(self._texts):
            self._texts.append(ref.reference)
            self._side_of.append(side)
        return number

    def ref(self, number: int) -> OriginRef:
        """One of them."""
        return OriginRef(*[*self.sides][self._side_of[number]], self._texts[number])

    def texts(self, codes: Int) -> Array:
        """The references of some of them."""
        return pa.array(self._texts, pa.string()).take(pa.array(codes))

    def side_of(self, codes: Int) -> Int:
        """The place in ``sides`` of some of them."""
        return np.array(self._side_of, np.int64)[codes]


@dataclass(slots=True)
class EndsFound:
    """By row of a block the number of its end, or -1."""

    ends: Ends
    codes: Int


@dataclass(slots=True)
class Answers:
    """Answers of one statement by number, and what is known to give them.

    ``unstated``: records that no row has been found to state yet; of the others only label and end are kept.
    """

    labels: dict[AccessLabel, int] = field(default_factory=dict[AccessLabel, int])
    ends: Ends = field(default_factory=Ends)
    unstated: dict[int, Record] = field(default_factory=dict[int, Record])
    _known: KnownTexts = field(default_factory=KnownTexts)
    _inputs: dict[object, int] = field(default_factory=dict[object, int])
    _label_of: "array[int]" = field(default_factory=lambda: array("q"))
    _end_of: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self._label_of)

    def ask(
        self, asking: Asking, columns: Sequence[str], among: Flags, state: State, more: Sequence[Int]
    ) -> "AnswersFound":
        """Ask a statement of the rows ``among``; see :meth:`Asking.ask`."""
        if len(columns) == 1 and not more and columns[0] in asking.block.columns:
            return self._ask_texts(asking, columns[0], among, state)
        whole = len(columns) >= len(asking.block.header)  # whole rows do not come again

        def heard(row: Row, number: int, extra: tuple[int, ...]) -> tuple[object, int | Record | None]:
            asked = None if whole else (*cast("list[str]", row), *extra)
            known = self._inputs.get(asked)
            return asked, state(row, number, extra) if known is None else known

        found = asking.ask(columns, among, heard, more)
        numbers = [given if isinstance(given, int) else self._add(given) for _, given in found.answers]
        if not whole:
            for at, (asked, _) in enumerate(found.answers):
                if at not in found.warned:
                    self._inputs[asked] = numbers[at]
        return AnswersFound(self, _numbered(found.codes, numbers))

    def _ask_texts(self, asking: Asking, column: str, among: Flags, state: State) -> "AnswersFound":
        """Ask a statement that reads one column: only of texts that no earlier block had.

        A text that warns is not remembered: it is asked in every block, so that the warning counts for each row.
        """
        texts = asking.block.columns[column]
        known = self._known.of(texts)
        found = asking.ask((column,), among & (known == NONE), state)
        numbers = [self._add(record) for record in found.answers]
        quiet = [at for at in range(len(numbers)) if at not in found.warned]
        self._known.learn(texts, [found.heads[at] for at in quiet], (numbers[at] for at in quiet))
        told = _numbered(found.codes, numbers)
        return AnswersFound(self, np.where(told != NONE, told, np.where(among & asking.alive, known, NONE)))

    def _add(self, record: Record | None) -> int:
        number = len(self)
        if record is None:
            self._label_of.append(NONE)
            self._end_of.append(NONE)
            return number
        self.unstated[number] = record
        self._label_of.append(self.labels.setdefault(record.evidence.label, len(self.labels)))
        self._end_of.append(self.ends.add(record.origin if isinstance(record, EntityRecord) else None))
        return number

    def label_of(self) -> Int:
        """By answer the number of its label, -1 where it states nothing; one more for the rows without an answer."""
        return np.append(self._label_of, NONE)

    def end_of(self) -> Int:
        """By answer the number of its end, or -1; one more for the rows without an answer."""
        return np.append(self._end_of, NONE)


@dataclass(slots=True)
class AnswersFound:
    """By row of a block the number of its answer, or -1."""

    answers: Answers
    codes: Int

    def ends(self) -> EndsFound:
        """The things that the rows name."""
        return EndsFound(self.answers.ends, self.answers.end_of()[self.codes])


def _numbered(codes: Int, numbers: Sequence[int]) -> Int:
    return np.array([*numbers, NONE], np.int64)[codes]
