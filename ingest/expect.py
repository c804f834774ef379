"""Runs the unit tests that stand beside a mapping: in memory, against no workspace, one answer an expectation.

What is compared is what a load would write; a difference says what was expected, what came, and the line of the YAML.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory

from graphcore.evidence import EntityRecord, LinkRecord, Record
from graphcore.evidence.ledger import QuarantineRow
from ingest.errors import IngestError, MappingError, UnknownSourceError
from ingest.expect_compare import Found, compare
from ingest.mapping.expect_words import ExpectWords
from ingest.mapping.model import MappingWords
from ingest.mapping.read import ParsedMapping, read_whole
from ingest.pipeline.dry import context_for, dry_run
from ingest.registry import SOURCES, shipped_mappings

MAX_RECORDS = 200_000
_NO_SOURCE = "test"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One expectation: where it stands, what it asks, what came, and whether that is the same."""

    case: str
    line: int
    what: str
    expected: str
    got: str
    passed: bool


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All expectations of one mapping, in the order of the file. ``sections``: what the mapping itself holds."""

    mapping: str
    sections: int
    cases: int
    rows: tuple[CheckRow, ...]

    @property
    def passed(self) -> bool:
        """True where nothing differs (a mapping without expectations passes: its words were checked)."""
        return all(row.passed for row in self.rows)


def check_source(name: str) -> CheckReport:
    """Check the mapping of a source of the registry, or of ``source/variant``, with its expectations.

    Raises:
        UnknownSourceError: there is no such source, or it brings no mapping.
        MappingError: the mapping has faults; lists all of them.
    """
    known = shipped_mappings()
    if name not in known:
        raise UnknownSourceError(
            f"no source {name!r} with a mapping: there are {', '.join(known)}; or give a file"
        )
    source, _, variant = name.partition("/")
    folder = SOURCES[source].folder
    return _check(read_whole(known[name]), folder / "variants" if variant else folder, source)


def check_mapping(path: Path) -> CheckReport:
    """Check a mapping file with its expectations; files they name are looked for beside it.

    Raises:
        MappingError: the mapping has faults; lists all of them.
    """
    return _check(read_whole(path), path.absolute().parent, None)


def _check(parsed: ParsedMapping, folder: Traversable, source: str | None) -> CheckReport:
    rows: list[CheckRow] = []
    for at, case in enumerate(parsed.expect):
        rows += _case(parsed, at, case, Path(str(folder)), parsed.words.source or source or _NO_SOURCE)
    return CheckReport(parsed.name, len(parsed.words.files), len(parsed.expect), tuple(rows))


def _case(parsed: ParsedMapping, at: int, case: ExpectWords, folder: Path, source: str) -> Sequence[CheckRow]:
    title = case.name or case.file or f"rows {at + 1}"
    with TemporaryDirectory(prefix="ocb-expect-") as made:
        path = _beside(parsed, at, case.file, folder) if case.file else _written(parsed.words, case, made)
        found = _run(path, parsed.words, source)
    return [
        CheckRow(
            title, parsed.text.line(("expect", at, *one.path)), one.what, one.expected, one.got, one.passed
        )
        for one in compare(case, found)
    ]


def _beside(parsed: ParsedMapping, at: int, name: str, folder: Path) -> Path:
    """The file that a case names; a link that leads out of the folder leads nowhere."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.exists():
        line = parsed.text.line(("expect", at, "file"))
        raise MappingError(parsed.name, [f"line {line}: expect[{at}].file: there is no such file beside it"])
    return path


def _written(words: MappingWords, case: ExpectWords, folder: str) -> Path:
    first = words.files[0].match[0]
    name = case.as_ or first.replace("*", "rows").replace("?", "x")
    path = Path(folder) / (Path(name).name or "rows")
    path.write_text(case.rows or "", encoding=words.files[0].encoding)
    return path


def _run(path: Path, words: MappingWords, source: str) -> Found:
    context = context_for(words)
    out = _Collected()
    try:
        for mapped in dry_run(path, words, source, context):
            out.skipped += mapped.refused is None and not mapped.records
            if mapped.refused is not None:
                out.refused.append(mapped.refused)
            for record in mapped.records:
                out.add(record)
    except IngestError as error:
        out.file_refused = str(error)
    return Found(
        out.entities, out.links, out.refused, out.skipped, context.warnings.lines(), out.file_refused
    )


@dataclass(slots=True)
class _Collected:
    entities: list[EntityRecord] = field(default_factory=list[EntityRecord])
    links: list[LinkRecord] = field(default_factory=list[LinkRecord])
    refused: list[QuarantineRow] = field(default_factory=list[QuarantineRow])
    skipped: int = 0
    file_refused: str = ""

    def add(self, record: Record) -> None:
        if isinstance(record, EntityRecord):
            self.entities.append(record)
        else:
            self.links.append(record)
        if len(self.entities) + len(self.links) > MAX_RECORDS:
            raise IngestError(f"it states more than {MAX_RECORDS:,} records: test a mapping with fewer rows")
