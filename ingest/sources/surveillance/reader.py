"""Surveillance logs as written: a header of ``Word: value`` lines, then entries that begin with a time; or the same as JSON.

Each entry is a row with its log beside it. A time that falls back by half a day or more is past midnight; one that falls
back by less was written late and stays on its day. Nothing is guessed of an entry without a time: it is a refused row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import orjson

from ingest.clean.dates import parse_date
from ingest.errors import CleanError, FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow, Rows, shortened
from ingest.readers.items import Items

JSON_BYTES_MAX = 64 << 20
LINE_MAX = 1 << 16
ENTRY_MAX = 20_000
SUBJECTS_MAX = 50
HALF_DAY = 12 * 60
_WORDS = {
    "log": "ref", "log ref": "ref", "log no": "ref", "log number": "ref", "operation": "operation", "op": "operation", "date": "date",
    "team": "team", "force": "force", "officers": "officers", "log keeper": "keeper", "marking": "marking", "gsc": "marking",
    "handling": "handling", "handling code": "handling", "conditions": "conditions", "compartment": "compartment", "area": "area",
    "subjects": "subjects", "subject": "subjects",
}  # fmt: skip
_HEADER = re.compile(r"\s{0,8}([A-Za-z][A-Za-z ]{1,20}?)\s{0,4}[:=]\s{0,8}(\S.{0,2000})?")
_TIME = re.compile(
    r"\s{0,8}(?:(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s?([AaPp][Mm])?|(\d{2})(\d{2}))(?:\s?h(?:ou)?rs?)?(?=[\s,;\-\u2013]|$)[\s,;:\-\u2013]{0,8}(.*)",
    re.DOTALL,
)
_SUBJECT = re.compile(r"\s{0,4}(?:S|Subject\s?)(\d{1,2})\s{0,4}[=:\-]?\s{0,4}(\S.{0,200})", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:subject\s?|S)(\d{1,2})\b", re.IGNORECASE)
_ADVICE = "A log has lines such as 'Log: SL-1' and 'Date: 06/03/2024', then entries such as '14:05 Subject 1 leaves'."


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """A log as rows, one an entry; see ``ingest.readers``.

    Raises:
        FileRefusedError: no text in the section's encoding, or no log.
    """
    if _is_json(path):
        logs = _json_logs(path, file)
        return Items(file, lambda: _json_rows(logs, file))
    return Items(file, lambda: _text_rows(path, file, section.encoding))


@dataclass(slots=True)
class _Log:
    """What the header says, and where the clock stands."""

    about: dict[str, object] = field(default_factory=dict[str, object])
    subjects: dict[str, str] = field(default_factory=dict[str, str])
    day: date | None = None
    minutes: int = -1
    entries: int = 0

    def entry(self, minutes: int, clock: str, text: str) -> Row | BadRow:
        """The row of one entry; moves the day on where the time says so."""
        if self.day is None:
            return BadRow("log.date", "an entry without a date in the header", shortened(text))
        if self.minutes - minutes >= HALF_DAY:
            self.day += timedelta(days=1)
        self.minutes = minutes
        self.entries += 1
        said = dict.fromkeys(f"S{int(number)}" for number in _NAMED.findall(text))
        subjects = [
            {"label": label, "name": self.subjects[label]} for label in said if label in self.subjects
        ]
        entry = {"number": self.entries, "at": f"{self.day} {clock}", "text": text, "subjects": subjects}
        return {"log": dict(self.about), "entry": entry}

    def head(self, word: str, value: str) -> BadRow | None:
        """Take one line of the header."""
        name = _WORDS[word]
        if name == "subjects":
            for part in value.split(";")[:SUBJECTS_MAX]:
                if match := _SUBJECT.fullmatch(part):
                    self.subjects[f"S{int(match[1])}"] = match[2].strip()
        else:
            self.about[name] = value
        return self._dated(value) if name == "date" else None

    def _dated(self, value: str) -> BadRow | None:
        try:
            year, month, day = parse_date(value, "dmy")
        except CleanError as error:
            self.day = None
            return BadRow("log.date", str(error), shortened(value))
        self.day = date(year, month, day) if month and day else None
        self.minutes = -1
        return None


def _text_rows(path: Path, file: str, encoding: str) -> Iterator[Row | BadRow]:
    reading = _Reading()
    for line in _lines(path, file, encoding):
        yield from reading.line(line)
    yield from reading.closed()
    if not reading.seen:
        raise FileRefusedError(file, "it has no header of a surveillance log", _ADVICE)


@dataclass(slots=True)
class _Reading:
    """Line by line: the log that is open, and the entry that further lines may go on with."""

    log: _Log = field(default_factory=_Log)
    open: tuple[int, str, str] | None = None
    seen: bool = False

    def line(self, line: str) -> Iterator[Row | BadRow]:
        """What one line ends or is."""
        timed = _timed(line)
        header = None if timed is not None else _header(line)
        if timed is None and header is None:
            yield from self._other(line)
            return
        yield from self.closed()
        if isinstance(timed, BadRow):
            yield timed
        elif timed is not None:
            self.open = timed
        elif header is not None:
            yield from self._head(*header)

    def closed(self) -> Iterator[Row | BadRow]:
        """The entry that nothing goes on with any more."""
        if self.open is not None:
            yield self.log.entry(*self.open)
            self.open = None

    def _head(self, word: str, value: str) -> Iterator[BadRow]:
        self.seen = True
        if _WORDS[word] == "ref" and self.log.entries:
            self.log = _Log()
        fault = self.log.head(word, value)
        if fault is not None:
            yield fault

    def _other(self, line: str) -> Iterator[BadRow]:
        if not line.strip():
            return
        if self.open is not None:
            self.open = _continued(self.open, line)
        elif self.seen:
            reason = "a line that is neither a word of the header nor an entry with its time"
            yield BadRow("entry", reason, shortened(line))


def _continued(entry: tuple[int, str, str], line: str) -> tuple[int, str, str]:
    minutes, clock, text = entry
    return minutes, clock, text if len(text) > ENTRY_MAX else f"{text} {line.strip()}"[:ENTRY_MAX]


def _header(line: str) -> tuple[str, str] | None:
    match = _HEADER.fullmatch(line)
    word = " ".join(match[1].casefold().split()) if match else ""
    return (word, (match[2] or "").strip()) if match and word in _WORDS else None


def _timed(line: str) -> tuple[int, str, str] | BadRow | None:
    """Minutes of the day, the time as written in a log, and the text; None for a line that begins with no time."""
    match = _TIME.fullmatch(line)
    if match is None:
        return None
    hour, minute, seconds = int(match[1] or match[5]), int(match[2] or match[6]), match[3] or "00"
    if match[4]:
        if not 1 <= hour <= 12:
            return BadRow("entry.time", "a time of day that does not exist", shortened(line))
        hour = hour % 12 + (12 if match[4].casefold() == "pm" else 0)
    if hour > 23 or minute > 59 or int(seconds) > 59:
        return BadRow("entry.time", "a time of day that does not exist", shortened(line))
    text = match[7].strip()
    return (hour * 60 + minute, f"{hour:02d}:{minute:02d}:{seconds}", text) if text else None


def _lines(path: Path, file: str, encoding: str) -> Iterator[str]:
    chosen = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with path.open(encoding=chosen, newline=None) as stream:
            while line := stream.readline(LINE_MAX):
                if "\x00" in line:
                    raise FileRefusedError(file, "it holds bytes that are no text", "Save the log as text.")
                yield line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            file, f"it is not {encoding} text", "Save it as UTF-8, or set encoding."
        ) from error


def _is_json(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _json_logs(path: Path, file: str) -> list[object]:
    if path.stat().st_size > JSON_BYTES_MAX:
        raise FileRefusedError(file, f"a log above {JSON_BYTES_MAX >> 20} MiB", "Split it by day.")
    try:
        found: object = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FileRefusedError(
            file, f"its content is not JSON ({error.msg})", "Save it as JSON in UTF-8."
        ) from error
    return cast("list[object]", found) if isinstance(found, list) else [found]


def _json_rows(logs: list[object], file: str) -> Iterator[Row | BadRow]:
    for raw in logs:
        log = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
        entries = log.get("entries")
        if not isinstance(entries, list):
            raise FileRefusedError(
                file, "a log without a list of entries", 'Give {"ref": .., "date": .., "entries": [..]}.'
            )
        kept = _Log()
        for word, value in log.items():
            if word in _WORDS.values() and isinstance(value, str):
                fault = kept.head(next(key for key, name in _WORDS.items() if name == word), value)
                if fault is not None:
                    yield fault
        for entry in cast("list[object]", entries):
            yield _json_row(kept, entry)


def _json_row(log: _Log, raw: object) -> Row | BadRow:
    entry: dict[str, object] = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
    time, text = entry.get("time"), entry.get("text")
    if not isinstance(time, str) or not isinstance(text, str) or not text.strip():
        return BadRow("entry", "an entry without time and text", shortened(repr(entry)))
    timed = _timed(f"{time} {' '.join(text.split())[:ENTRY_MAX]}")
    if timed is None or isinstance(timed, BadRow):
        return BadRow("entry.time", "a time of day that does not exist", shortened(text))
    return log.entry(*timed)
