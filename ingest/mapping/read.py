"""Mapping file to checked words: every fault found, each with its line and its place."""

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath

from pydantic import ValidationError

from ingest.errors import MappingError
from ingest.mapping.check import check
from ingest.mapping.expect_words import EXPECTATIONS, ExpectWords, check_expectations, split_expectations
from ingest.mapping.model import MappingWords
from ingest.mapping.yaml_text import Path, YamlText, read_yaml

_PLAIN = {
    "extra_forbidden": "is not a word of the mapping language here",
    "missing": "is missing",
    "string_type": "must be a text (put it in quotes)",
    "list_type": "must be a list",
    "dict_type": "must be a block of words",
    "model_type": "must be a block of words",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
}


@dataclass(frozen=True, slots=True)
class ParsedMapping:
    """A mapping, its unit tests, and the text that says on which line each of them stands."""

    name: str
    words: MappingWords
    expect: tuple[ExpectWords, ...]
    text: YamlText


def read_mapping(place: FilePath | Traversable) -> MappingWords:
    """Read and check a mapping file.

    Raises:
        MappingError: it cannot be read, or has faults; lists all of them.
    """
    return read_whole(place).words


def read_whole(place: FilePath | Traversable) -> ParsedMapping:
    """As :func:`read_mapping`, with its unit tests."""
    try:
        raw = place.read_bytes()
    except OSError as error:
        raise MappingError(place.name, [f"cannot be read: {error.strerror}"]) from error
    try:
        return parse_whole(place.name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MappingError(place.name, [f"is not UTF-8 at byte {error.start}"]) from error


def parse_mapping(name: str, text: str) -> MappingWords:
    """As :func:`read_mapping`, from a text; ``name`` is used in messages."""
    return parse_whole(name, text).words


def parse_whole(name: str, text: str) -> ParsedMapping:
    """As :func:`read_whole`, from a text."""
    yaml_text = read_yaml(name, text)
    own, expected = split_expectations(yaml_text.values)
    found: list[tuple[Path, str]] = []
    words: MappingWords | None = None
    cases: list[ExpectWords] = []
    try:
        words = MappingWords.model_validate(own)
    except ValidationError as error:
        found += plain_faults(error)
    try:
        cases = EXPECTATIONS.validate_python(expected)
    except ValidationError as error:
        found += [(("expect", *path), message) for path, message in plain_faults(error)]
    if words is not None:
        found += check(words)
    found += check_expectations(cases)
    if words is None or found:
        raise MappingError(name, placed(yaml_text, found))
    return ParsedMapping(name, words, tuple(cases), yaml_text)


def plain_faults(error: ValidationError) -> list[tuple[Path, str]]:
    """The faults that pydantic found, in the words of this language."""
    return [(e["loc"], _PLAIN.get(e["type"], e["msg"].removeprefix("Value error, "))) for e in error.errors()]


def placed(text: YamlText, faults: list[tuple[Path, str]]) -> list[str]:
    """Faults as lines of text in the order of the file; model tags (``<column>``) are no part of a place."""
    lines: list[tuple[int, str]] = []
    for path, message in faults:
        shown = tuple(part for part in path if not (isinstance(part, str) and part.startswith("<")))
        line = text.line(shown)
        lines.append((line, f"line {line}: {_dotted(shown)}: {message}"))
    return [fault for _, fault in sorted(dict.fromkeys(lines))]


def _dotted(path: Path) -> str:
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out or "mapping"
