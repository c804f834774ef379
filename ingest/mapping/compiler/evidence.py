"""The evidence of a statement as functions of a row: label, grading, times, and the fields as received."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphcore.access import AccessLabel
from graphcore.evidence import Evidence, Grading, GradingScheme, Lineage
from graphcore.model import TimeSpan, Value, parse_iso_utc
from ingest.clean import evidence as clean
from ingest.clean.evidence import AboveOfficialError
from ingest.errors import CleanError, RowRefusedError
from ingest.mapping.compiler.columns import Columns, Row, flatten
from ingest.mapping.compiler.context import Values, Warnings
from ingest.mapping.compiler.values import ValueCompiler, field_of
from ingest.mapping.model import Constant, EvidenceWords, GradingWords, HandlingWords, LinkWords, ValueOf

EvidenceOf = Callable[[Row, int], Evidence]
OriginalOf = Callable[[Row], dict[str, Value]]
FinishEvidence = Callable[[OriginalOf], EvidenceOf]
_ALWAYS = TimeSpan()
_MEMO_MAX = 16_384  # labels, gradings or moments remembered of one statement; then they are made anew
_OLD_MARKINGS = ("PROTECT", "RESTRICTED", "CONFIDENTIAL")
_WORDS = ("grading", "handling", "marking", "compartment", "originator", "known_at")


def nearest(outer: EvidenceWords, inner: EvidenceWords) -> EvidenceWords:
    """The words of evidence that count: those of ``inner`` where it says them, else those of ``outer``."""
    given = {name: getattr(inner, name) or getattr(outer, name) for name in _WORDS}
    return EvidenceWords.model_construct(**given)


@dataclass(frozen=True, slots=True)
class EvidenceCompiler:
    """Makes the evidence functions of one section; ``file`` is the lineage's file name."""

    file: str
    values: ValueCompiler
    warnings: Warnings

    def compile(self, words: EvidenceWords, link: LinkWords | None) -> FinishEvidence:
        """The evidence function of a row and its number, once told how to keep the fields as received."""
        label, grading = self.label(words), self._grading(words.grading)
        known, span, file = self._moment(words.known_at), self._span(link), self.file

        def finish(original: OriginalOf) -> EvidenceOf:
            def evidence(row: Row, number: int) -> Evidence:
                return Evidence(
                    Lineage(file, number), label(row), grading(row), original(row), span(row), known(row)
                )

            return evidence

        return finish

    def label(self, words: EvidenceWords) -> Callable[[Row], AccessLabel]:
        """The function from a row to its access label."""
        parts = [
            self._text(words.marking, self._marking),
            self._handling_code(words.handling),
            self._conditions(words.handling),
            self._text(words.compartment),
            self._text(words.originator),
        ]
        scheme = words.handling.scheme if words.handling else ""
        made: dict[tuple[object, ...], AccessLabel] = {}
        if all(part is None for part in parts):
            plain = AccessLabel()
            return lambda _row: plain
        readers = [part or _blank for part in parts]
        constant = _is_constant(words)

        def label(row: Row) -> AccessLabel:
            if constant and made:
                return next(iter(made.values()))
            found = tuple([read(row) for read in readers])
            known = made.get(found)
            if known is None:
                _keep_room(made)
                marking, code, conditions, compartment, originator = found
                known = made[found] = AccessLabel(
                    str(marking) or "OFFICIAL",
                    scheme,
                    str(code),
                    tuple(str(conditions).split()),
                    str(compartment),
                    str(originator),
                )
            return known

        return label

    def _text(
        self, value: ValueOf | None, check: Callable[[str], str] | None = None
    ) -> Callable[[Row], str] | None:
        """A reader of one text; ``check`` refuses and rewrites it (and is asked about an empty text too)."""
        if value is None:
            return None
        read, field = self.values.values(value, "text"), field_of(value)
        return self._checked(lambda row: _only(read(row), field), check, field)

    def _checked(
        self, read: Callable[[Row], str], check: Callable[[str], str] | None, field: str
    ) -> Callable[[Row], str]:
        if check is None:
            return read

        def checked(row: Row) -> str:
            try:
                return check(read(row))
            except CleanError as error:
                withhold = isinstance(error, AboveOfficialError)
                raise RowRefusedError(field, str(error), withhold=withhold) from error

        return checked

    def _marking(self, text: str) -> str:
        held = clean.marking(text)
        if text.strip().upper() in _OLD_MARKINGS:
            self.warnings.add("old marking held as OFFICIAL-SENSITIVE", "marking")
        return held

    def _handling_code(self, words: HandlingWords | None) -> Callable[[Row], str] | None:
        if words is None:
            return None
        scheme = GradingScheme(words.scheme)
        return self._text(words.code, lambda text: clean.handling_code(scheme, text))

    def _conditions(self, words: HandlingWords | None) -> Callable[[Row], str] | None:
        if words is None or words.conditions is None:
            return None
        read, field = self.values.values(words.conditions, "text"), field_of(words.conditions)
        return self._checked(
            lambda row: " ".join(str(part) for part in read(row)),
            lambda text: " ".join(clean.handling_conditions(text)),
            field,
        )

    def _grading(self, words: GradingWords | None) -> Callable[[Row], Grading | None]:
        if words is None:
            return lambda _row: None
        scheme = GradingScheme(words.scheme)
        values = [words.code] if words.code is not None else [words.source, words.intelligence]
        readers = [self._text(value) or _blank for value in values]
        field = "+".join(field_of(value) for value in values if value is not None)
        default = clean.grading_code(scheme, words.default) if words.default else None
        memo: dict[tuple[str, ...], Grading | None] = {}

        def grading(row: Row) -> Grading | None:
            texts = tuple([read(row) for read in readers])
            if texts not in memo:
                _keep_room(memo)
                try:
                    one_word = len(texts) == 1
                    told = clean.grading_code(scheme, texts[0]) if one_word else clean.grading(scheme, *texts)
                    memo[texts] = told or default
                except CleanError as error:
                    raise RowRefusedError(field, str(error)) from error
            return memo[texts]

        return grading

    def _moment(self, value: ValueOf | None, cleaner: str = "span_start") -> Callable[[Row], datetime | None]:
        if value is None:
            return lambda _row: None
        read, memo = self.values.values(value, cleaner), dict[Values, datetime | None]()

        def moment(row: Row) -> datetime | None:
            found = read(row)
            if found not in memo:
                _keep_room(memo)
                memo[found] = parse_iso_utc(str(found[0])) if found else None
            return memo[found]

        return moment

    def _span(self, link: LinkWords | None) -> Callable[[Row], TimeSpan]:
        if link is None or (link.valid_from is None and link.valid_to is None):
            return lambda _row: _ALWAYS
        start, end = self._moment(link.valid_from), self._moment(link.valid_to, "span_end")
        field = "+".join(field_of(value) for value in (link.valid_from, link.valid_to) if value is not None)

        def span(row: Row) -> TimeSpan:
            first, last = start(row), end(row)
            if first is not None and last is not None and last < first:
                raise RowRefusedError(field, "ends before it starts")
            return TimeSpan(first, last)

        return span


def _is_constant(words: EvidenceWords) -> bool:
    """True if every row has the same label (an old marking is warned of row by row)."""
    handling = words.handling
    values = [words.marking, words.compartment, words.originator]
    values += [handling.code, handling.conditions] if handling else []
    if isinstance(words.marking, Constant) and str(words.marking.const).strip().upper() in _OLD_MARKINGS:
        return False
    return all(value is None or (isinstance(value, Constant) and value.when is None) for value in values)


def _keep_room(
    memo: dict[tuple[str, ...], Any] | dict[tuple[Value, ...], Any] | dict[tuple[object, ...], Any],
) -> None:
    if len(memo) >= _MEMO_MAX:
        memo.clear()


def original_of(columns: Columns, used: set[str], *, whole: bool) -> OriginalOf:
    """The function that keeps a row's fields as received: the whole row, or the columns in ``used``."""
    if whole:
        return columns.whole_row()
    getters = [(name, columns.getter(name)) for name in sorted(used)]

    def original(row: Row) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for name, get in getters:
            raw = get(row)
            if type(raw) is str:
                if raw:
                    out[name] = raw
            elif raw is not None:
                out.update(flatten(name, raw))
        return out

    return original


def _only(values: Values, field: str) -> str:
    if len(values) > 1:
        raise RowRefusedError(field, "more than one value where one is wanted")
    return str(values[0]) if values else ""


def _blank(_row: Row) -> str:
    return ""
