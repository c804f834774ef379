"""A mapping draft from guesses about columns: a start for a person, with the evidence of each guess and no values in it.

A draft always passes ``ocb ingest check``. It holds everything as OFFICIAL-SENSITIVE until somebody decides.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import yaml

from ingest.errors import MappingError
from ingest.mapping.read import parse_mapping
from ingest.preview.columns import ColumnGuess
from ingest.preview.draft_parts import Columns, Words, entities, links
from ingest.preview.model import Guess

NAME_MAX = 200


def source_name(file: str) -> str:
    """A source name made of a file name."""
    made = re.sub(r"[^a-z0-9]+", "_", PurePath(file).stem.lower()).strip("_")[:60]
    return made if made and made[0].isalnum() else "new_source"


def draft(guess: Guess, columns: Sequence[ColumnGuess]) -> str:
    """The text of a mapping for a file of this kind."""
    usable = [column for column in columns if 0 < len(column.column) <= NAME_MAX]
    known = Columns(tuple(usable))
    text = _text(guess, columns, entities(known), known)
    try:
        parse_mapping("draft.yaml", text)
    except MappingError:
        bare = Columns(tuple(column for column in usable if column.filled) or tuple(usable))
        text = _text(guess, columns, entities(bare.nameless()), bare.nameless())
        parse_mapping("draft.yaml", text)
    return text


def _text(guess: Guess, columns: Sequence[ColumnGuess], stated: dict[str, Words], known: Columns) -> str:
    head = [
        "mapping: 1",
        f"title: {_quoted(f'Draft for files like {guess.file}')}",
        "# Drafted from the first rows of a file: check every line, then run `ocb ingest check` on it.",
        *(f"# {line}" for line in guess.evidence),
        f"source: {source_name(guess.file)}",
        f"dates: {guess.dates}",
        *_evidence(known),
        "files:",
        f"  - match: {_quoted('*' + PurePath(guess.file).suffix)}",
        *_reading(guess),
    ]
    body: dict[str, object] = {"entities": stated}
    joined = links(known, stated)
    if joined:
        body["links"] = joined
    dumped = yaml.dump(
        body, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=1_000, default_flow_style=None
    )
    inner = [f"    {line}" for line in dumped.splitlines()]
    return "\n".join([*head, *_told(columns), *_doubts(known, stated), *inner]) + "\n"


def _evidence(known: Columns) -> Iterator[str]:
    marking = known.of("marking")
    if marking:
        yield f"marking: {_quoted(marking[0])}"
    else:
        yield "marking: {const: OFFICIAL-SENSITIVE}  # nothing in the file says one: decide"
    for scheme in ("3x5x2", "5x5x5"):
        code, conditions = known.of(f"handling {scheme}"), known.of("conditions")
        if code:
            more = f", conditions: {_quoted(conditions[0])}" if conditions else ""
            yield f"handling: {{scheme: {scheme}, code: {_quoted(code[0])}{more}}}"
            break
    for scheme in ("3x5x2", "5x5x5"):
        grade = known.of(f"grading {scheme}")
        if grade:
            yield f"grading: {{scheme: {scheme}, code: {_quoted(grade[0])}}}"
            break


def _reading(guess: Guess) -> Iterator[str]:
    yield f"    format: {guess.form}"
    if guess.above:
        yield f"    skip_rows: {guess.above}"
    if guess.items:
        yield f"    items: {_quoted(guess.items)}"
    if guess.form == "csv" and guess.delimiter != ",":
        yield f"    delimiter: {_quoted(guess.delimiter)}"
    if guess.form in ("csv", "jsonl") and guess.encoding in (
        "cp1252",
        "iso-8859-1",
        "utf-16-le",
        "utf-16-be",
    ):
        yield f"    encoding: {guess.encoding}"
    if guess.form == "csv" and not guess.header:
        yield f"    header: [{', '.join(map(_quoted, guess.columns))}]"


def _told(columns: Sequence[ColumnGuess]) -> Iterator[str]:
    yield "    # what each column seems to hold:"
    for column in columns:
        meaning = column.meaning.replace("_", " ") or "kept in the original, not mapped"
        yield f"    #   {ascii(column.column)[1:-1][:80]}: {meaning} ({column.evidence})"


def _doubts(known: Columns, stated: dict[str, Words]) -> Iterator[str]:
    if "person" in stated and known.reference() is None:
        yield "    # no column seems to be a reference: the same name and birth date would be one person here"
    if "person" in stated and "business" in stated:
        yield "    # what joins the person and the business is not known: add a link (OFFICER_OF, EMPLOYS, ...)"
    if "thing" in stated:
        yield "    # nothing tells what a row is about: choose a type, a key and properties"


class _Plain(yaml.SafeDumper):
    """Quotes every text, so that no column name can be read as anything else; no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _represent(_dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) and text not in ("true", "false", "null")
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Plain.add_representer(str, _represent)


def _quoted(text: str) -> str:
    return yaml.dump(text, Dumper=_Plain, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
