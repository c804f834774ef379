"""A delimited section with series, mapped by whole columns: the same outcome as row by row, many times as fast.

Every statement is asked once for each distinct text that it reads; what it states counts for all rows that say so. Rows
that a statement refuses are out, with the reason that the row by itself would get. Where a row's outcome hangs on other
rows, :func:`columnar` gives None and the rows are mapped one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from graphcore.access import AccessLabel
from graphcore.evidence import Record
from graphcore.evidence.ledger import QuarantineRow
from ingest.errors import RowRefusedError
from ingest.mapping.compiler import LoadContext, Row, SectionCompiler, TextColumns
from ingest.mapping.compiler.series import SectionPieces, SeriesStatement, StatementPiece
from ingest.mapping.model import FileWords, MappingWords
from ingest.pipeline.columnar_answers import Answers, AnswersFound, EndsFound
from ingest.pipeline.columnar_block import NONE, Asking, Flags, Int, KnownTexts, TextBlock
from ingest.pipeline.columnar_read import text_blocks
from ingest.pipeline.columnar_series import SeriesOfBlock, ask_series, holds
from ingest.pipeline.prepare import Part
from ingest.pipeline.spill import Spill
from ingest.readers.delimited import Delimited

REMEMBERED = (
    500_000  # statements of a file, about 150 MB; beyond that they are said again, which changes nothing
)
WITHHELD = "(withheld)"


@dataclass(frozen=True, slots=True)
class Stated:
    """A record that rows of a block state for the first time, at ``row``; ``place`` orders those of one row."""

    row: int
    place: int
    record: Record


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows up to ``upto``: what they state for the first time, what is refused, what they say again, and how many say nothing."""

    upto: int
    records: list[Record]
    refused: list[QuarantineRow]
    again: Counter[AccessLabel]
    silent: int


@dataclass(slots=True)
class MappedBlock:
    """What came of a block: new records in order, refused rows in order, and how often known records were said again."""

    last: int
    stated: list[Stated]
    refused: list[QuarantineRow]
    said: list[tuple[AccessLabel, Int]]
    silent: Int

    def cuts(self, start: int, size: int) -> Iterator[Cut]:
        """The block behind row ``start`` in pieces of about ``size`` new records, cut between rows."""
        new = [each for each in self.stated if each.row > start]
        after, begin = start, 0
        before = int((self.silent <= start).sum())
        if before:
            yield Cut(min(start, self.last), [], [], Counter(), before)
        while after < self.last:
            end = begin + size
            while end < len(new) and new[end].row == new[end - 1].row:
                end += 1
            upto = new[end - 1].row if end < len(new) else self.last
            records = [each.record for each in new[begin:end]]
            again = self._said_by(after, upto)
            again.subtract(record.evidence.label for record in records)
            refused = [row for row in self.refused if after < row.row <= upto]
            silent = int(((self.silent > after) & (self.silent <= upto)).sum())
            yield Cut(upto, records, refused, Counter({k: n for k, n in again.items() if n}), silent)
            after, begin = upto, end

    def _said_by(self, after: int, upto: int) -> Counter[AccessLabel]:
        """How many records the rows behind ``after`` and up to ``upto`` state, by label."""
        found: Counter[AccessLabel] = Counter()
        for label, rows in self.said:
            begin, end = np.searchsorted(rows, (after, upto), side="right").tolist()
            found[label] += end - begin
        return found


def columnar(
    words: MappingWords, section: FileWords, source: str, part: Part, context: LoadContext
) -> "Columnar | None":
    """The columnar mapping of a file's section, None where it has to be mapped row by row."""
    if not isinstance(part.rows, Delimited) or context.types.wanted:
        return None
    columns = cast("TextColumns", part.rows.columns())  # a delimited file has no others
    pieces = SectionCompiler(words, section, source, part.rows.label, context).pieces(columns)
    return None if pieces is None else Columnar(pieces, part, part.rows, context)


@dataclass(slots=True)
class Columnar:
    """Maps the blocks of one file."""

    pieces: SectionPieces
    part: Part
    rows: Delimited
    context: LoadContext
    answers: dict[int, Answers] = field(default_factory=dict[int, Answers])
    known: dict[int, KnownTexts] = field(default_factory=dict[int, KnownTexts])

    def blocks(self, spill: Spill) -> Iterator[MappedBlock]:
        """Every block of the file in order; occurrences go into ``spill``."""
        for block in text_blocks(self.rows):
            if sum(map(len, self.answers.values())) > REMEMBERED:
                self.answers.clear()
            yield self._block(block, spill)

    def _block(self, block: TextBlock, spill: Spill) -> MappedBlock:
        asking = Asking(block, self.context.warnings, self.known)
        among = self._taken(asking)
        made: dict[str, EndsFound] = {}
        plain: list[tuple[int, AnswersFound]] = []
        series: list[SeriesOfBlock] = []
        for place, statement in enumerate(self.pieces.statements):
            if isinstance(statement, SeriesStatement):
                series.append(ask_series(statement, asking, among, made))
                continue
            found = self._plain(place, statement, asking, among, made)
            plain.append((place, found))
            if statement.name is not None:
                made[statement.name] = found.ends()
        return self._mapped(asking, plain, series, spill)

    def _taken(self, asking: Asking) -> Flags:
        """The rows that the section takes; those without a required value are refused."""
        among = np.ones(asking.block.size, bool)
        if self.pieces.test is not None:
            among = holds(asking, self.pieces.test, among)
        for name in self.pieces.required:
            asking.ask((name,), among & asking.block.maybe_blank(name), _required(name, asking.block.header))
        return among

    def _plain(
        self,
        place: int,
        statement: StatementPiece,
        asking: Asking,
        among: Flags,
        made: dict[str, EndsFound],
    ) -> AnswersFound:
        """Ask an entity or plain link of the rows ``among``; what was asked in earlier blocks is remembered."""
        if statement.test is not None:
            among = among & holds(asking, statement.test, among)
        for end in statement.ends:
            among = among & np.logical_or.reduce([made[name].codes != NONE for name in end])
        asks = statement.asks

        def state(row: Row, number: int, more: tuple[int, ...]) -> Record | None:
            ends = {name: made[name].ends.ref(at) for name, at in zip(asks, more, strict=True) if at != NONE}
            out: list[Record] = []
            statement.state(row, number, out, ends)
            return out[0] if out else None

        answers = self.answers.setdefault(place, Answers())
        more = [made[name].codes for name in asks]
        return answers.ask(asking, sorted(statement.columns), among, state, more)

    def _mapped(
        self,
        asking: Asking,
        plain: list[tuple[int, AnswersFound]],
        series: list[SeriesOfBlock],
        spill: Spill,
    ) -> MappedBlock:
        block, alive = asking.block, asking.alive
        speaks = np.zeros(block.size, bool)
        for each in series:
            speaks |= each.among
            spill.add_rows(each.rows(asking))
        stated: list[Stated] = []
        said: dict[AccessLabel, list[Int]] = {}
        for place, found in plain:
            for label, rows, new in self._said(place, found, asking):
                said.setdefault(label, []).append(rows)
                stated += new
            speaks |= found.answers.label_of()[found.codes] != NONE
        stated.sort(key=lambda each: (each.row, each.place))
        by_label = [(label, np.sort(np.concatenate(rows))) for label, rows in said.items()]
        silent = block.number[alive & ~speaks]
        return MappedBlock(block.last, stated, self._refused(asking), by_label, silent)

    def _said(
        self, place: int, found: AnswersFound, asking: Asking
    ) -> Iterator[tuple[AccessLabel, Int, list[Stated]]]:
        """By label the rows (of those alive) that state a record, and the records stated for the first time."""
        answers = found.answers
        places = np.flatnonzero(asking.alive & (found.codes != NONE))
        codes, numbers = found.codes[places], asking.block.number[places]
        firsts = np.full(len(answers), NONE, np.int64)
        firsts[codes[::-1]] = numbers[::-1]
        new: dict[AccessLabel, list[Stated]] = {}
        for at in [at for at in answers.unstated if firsts[at] != NONE]:
            record, first = answers.unstated.pop(at), int(firsts[at])
            new.setdefault(record.evidence.label, []).append(Stated(first, place, _at_row(record, first)))
        label_of = answers.label_of()[codes]
        for label, number in answers.labels.items():
            yield label, numbers[label_of == number], new.get(label, [])

    def _refused(self, asking: Asking) -> list[QuarantineRow]:
        block, part, label = asking.block, self.part, self.rows.label
        refused = [
            QuarantineRow(label, number, bad.field, bad.reason, bad.original, part.label(None), True)
            for number, bad in block.bad
        ]
        for refusal in asking.refused:
            row, error = block.row(refusal.place), refusal.error
            original = WITHHELD if error.withhold else part.show(row)
            number = int(block.number[refusal.place])
            refused.append(QuarantineRow(label, number, error.field, error.reason, original, part.label(row)))
        return sorted(refused, key=lambda row: row.row)


def _required(name: str, header: tuple[str, ...]) -> Callable[[Row, int, tuple[int, ...]], None]:
    at = header.index(name) if name in header else None

    def check(row: Row, _number: int, _more: tuple[int, ...]) -> None:
        text = cast("list[object]", row)[at] if at is not None and isinstance(row, list) else ""
        if not str(text).strip():
            raise RowRefusedError(name, "is empty")

    return check


def _at_row(record: Record, row: int) -> Record:
    """The record as the row ``row`` states it."""
    evidence = record.evidence
    if evidence.lineage.row == row:
        return record
    return replace(record, evidence=replace(evidence, lineage=replace(evidence.lineage, row=row)))
