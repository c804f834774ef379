"""Which source of the registry a file belongs to: by the columns that its mapping uses, and by the file's name."""

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import islice
from pathlib import Path

from ingest.errors import IngestError, RowRefusedError
from ingest.forms import FORMS
from ingest.mapping.compiler import JsonColumns, LoadContext, SectionCompiler, TypeIndex, wanted_types
from ingest.mapping.model import FileWords, MappingWords
from ingest.mapping.read import read_mapping
from ingest.preview.model import Fit, Guess
from ingest.readers import BadRow, open_rows
from ingest.registry import shipped_mappings

ENOUGH = 0.5
WORTH = 0.2
_NAMED_MAX = 64 << 20
_TRIED_MAX = 8 << 20
_TRIED_ROWS = 60
_UNNAMED = 0.9  # an own reader takes much: where columns fit as well, they count more
_SAME = {"csv": ("csv", "auto"), "json": ("json", "auto"), "jsonl": ("jsonl", "json", "auto")}
_PLAIN = ("csv", "utf-8")


def fits(path: Path, guess: Guess) -> tuple[Fit, ...]:
    """Every section of every source that a file may belong to, best first."""
    found: list[Fit] = []
    for name, words in _shipped():
        found += section_fits(path, guess, name, words)
    worth = [fit for fit in found if fit.score >= WORTH]
    return tuple(sorted(worth, key=lambda fit: (not fit.loads, -fit.score, fit.source, fit.section)))


@cache
def _shipped() -> tuple[tuple[str, MappingWords], ...]:
    """The mappings that ship with the platform, read once a process."""
    return tuple((name, read_mapping(place)) for name, place in shipped_mappings().items())


def shipped(name: str) -> tuple[MappingWords, str] | None:
    """A mapping that ships with the platform, ``source`` or ``source/variant``, and the origin of its records."""
    words = dict(_shipped()).get(name)
    return None if words is None else (words, words.source or name.split("/", maxsplit=1)[0])


def section_fits(path: Path, guess: Guess, source: str, words: MappingWords) -> list[Fit]:
    """The sections of one mapping that a file may belong to, in their order."""
    out: list[Fit] = []
    for at, section in enumerate(words.files):
        named = _named(section, guess.file)
        if section.format in FORMS:
            if path.stat().st_size <= (_NAMED_MAX if named else _TRIED_MAX):
                out += _own_reader(path, guess, source, at, words, sure=1.0 if named else _UNNAMED)
        elif section.format in _SAME.get(guess.form, (guess.form, "auto")):
            scored = _by_columns(guess, source, at, words, named=named)
            out += [scored] if scored.score > 0 else []
    return out


def _named(section: FileWords, name: str) -> bool:
    """True where the mapping knows such a name, and not just any."""
    patterns = [pattern for pattern in section.match if not pattern.startswith("*.") and pattern != "*"]
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _own_reader(
    path: Path, guess: Guess, source: str, at: int, words: MappingWords, sure: float
) -> list[Fit]:
    """The fit if the source's own reader takes the file: the share of its first rows that state something."""
    section, context = words.files[at], LoadContext(types=TypeIndex(wanted_types(words)))
    stated = seen = 0
    try:
        rows = open_rows(path, guess.file, section)
    except IngestError:
        return []
    try:
        map_row = SectionCompiler(words, section, source, rows.label, context).compile(rows.columns())
        for number, row in enumerate(islice(rows.rows(), _TRIED_ROWS), start=1):
            seen += 1
            try:
                stated += not isinstance(row, BadRow) and bool(map_row(row, number))
            except RowRefusedError:
                continue
    finally:
        rows.close()
    score = round(sure * stated / max(seen, 1), 3)
    return [Fit(source, at, score, loads=score >= ENOUGH, lacking=())] if stated else []


def _by_columns(guess: Guess, source: str, at: int, words: MappingWords, *, named: bool) -> Fit:
    section = words.files[at]
    probe = JsonColumns()
    SectionCompiler(words, section, source, guess.file, LoadContext()).compile(probe)
    inside = tuple(repeat.as_ for repeat in section.repeat)
    used = {
        name
        for name in probe.used
        if not name.startswith(tuple(f"{name}." for name in inside)) and name not in inside
    }
    if section.header is not None and not guess.header:
        same = len(section.header) == len(guess.columns)
        return Fit(source, at, 0.6 if same and named else 0.0, loads=same, lacking=())
    known = _known(guess.columns)
    needed = (
        used - set(section.may_lack) if guess.form in ("csv", "xlsx", "parquet") else set(section.required)
    )
    lacking = tuple(sorted(needed - known))
    met = len(used & known) / max(len(used), 1)
    tops = {name.split(".", maxsplit=1)[0] for name in used} | set(section.ignore)
    taken = sum(column in used or column.split(".", maxsplit=1)[0] in tops for column in guess.columns)
    score = (0.6 * met + 0.4 * taken / max(len(guess.columns), 1)) * (0.5 if lacking else 1.0)
    loads = not lacking and met > 0 and _readable(section, guess)
    return Fit(
        source, at, round(min(1.0, score + (0.1 if named and met else 0.0)), 3), loads=loads, lacking=lacking
    )


def _known(columns: Collection[str]) -> set[str]:
    """All dotted paths that lead to a column."""
    known: set[str] = set()
    for column in columns:
        parts = column.split(".")
        known |= {".".join(parts[: at + 1]) for at in range(len(parts))}
    return known


def _readable(section: FileWords, guess: Guess) -> bool:
    """True where the section reads text of this delimiter and encoding."""
    if guess.form != "csv":
        return True
    plain = guess.encoding in ("utf-8", "utf-8-sig", "utf-16", section.encoding)
    return plain and section.delimiter in (guess.delimiter, "auto")


def best(found: Sequence[Fit]) -> Fit | None:
    """The fit to go on with: the best that loads, if it is good enough."""
    return next((fit for fit in found if fit.loads and fit.score >= ENOUGH), None)
