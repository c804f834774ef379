"""What the source register adds to a mapping: labels and gradings where the mapping and the row say nothing.

It is written into the mapping's own words, so that every way of reading a row applies it alike, and a load under other
defaults is another load. A mapping or a row always wins, an unknown code still stops the row, and nothing becomes open
that was not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from graphcore.evidence.ledger.register import RegisterVersion, SourceEntry
from ingest.mapping.conditions import ColumnIs
from ingest.mapping.model import (
    Constant,
    EvidenceWords,
    FileWords,
    First,
    FromColumn,
    GradingWords,
    HandlingWords,
    MappingWords,
    Several,
    Statements,
    ValueOf,
)

Lookup = Callable[[str], RegisterVersion | None]
_Words = TypeVar("_Words", bound=EvidenceWords)
_Stating = TypeVar("_Stating", bound=Statements)
UNREGISTERED = (
    "source not in the register, and the mapping says no marking or handling: held as OFFICIAL without a code"
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A mapping with the register's defaults in it; the version that counts for each source; what should be known."""

    words: MappingWords
    versions: dict[str, RegisterVersion]
    warnings: tuple[str, ...]


def with_register(words: MappingWords, source: str, lookup: Lookup) -> Registered:
    """Apply the register to a mapping.

    Args:
        words: The mapping.
        source: Origin of the sections that name none.
        lookup: Gives the newest register version of a source.
    """
    names = sorted({section.source or source for section in words.files})
    versions = {name: found for name in names if (found := lookup(name)) is not None}
    sections: list[FileWords] = []
    warned: dict[str, None] = {}
    for section in words.files:
        name = section.source or source
        entry = versions[name].entry if name in versions else None
        if entry is not None:
            sections.append(_section(words, section, entry))
        else:
            sections.append(section)
            if not _labelled(words, section):
                warned[f"{name}: (source): {UNREGISTERED}"] = None
    return Registered(words.model_copy(update={"files": sections}), versions, tuple(warned))


def _labelled(words: MappingWords, section: FileWords) -> bool:
    """True where the mapping says a marking or a handling code for all that the section states."""
    if section.records is not None:  # records ready made bring their own label
        return True
    if any((section.marking, section.handling, words.marking, words.handling)):
        return True
    parts = (section, *section.repeat)
    said = [one for part in parts for one in (*part.entities.values(), *part.links)]
    return bool(said) and all(one.marking or one.handling for one in said)


def _section(words: MappingWords, section: FileWords, entry: SourceEntry) -> FileWords:
    """The section with all words of evidence said: its own, the mapping's, or else the register's."""
    names = ("grading", "handling", "marking", "compartment")
    said = section.model_copy(update={name: getattr(section, name) or getattr(words, name) for name in names})
    made = _behind(_stating(said, entry), entry)
    alone = {name: found for name, found in _alone(entry).items() if getattr(made, name) is None}
    repeats = [_stating(repeat, entry) for repeat in made.repeat]
    return made.model_copy(update={**alone, "repeat": repeats})


def _stating(part: _Stating, entry: SourceEntry) -> _Stating:
    entities = {name: _behind(one, entry) for name, one in part.entities.items()}
    return part.model_copy(
        update={"entities": entities, "links": [_behind(one, entry) for one in part.links]}
    )


def _alone(entry: SourceEntry) -> dict[str, Any]:
    """The register's own words, for where nothing is said."""
    out: dict[str, Any] = {}
    if entry.marking:
        out["marking"] = Constant(const=entry.marking)
    if entry.compartment:
        out["compartment"] = Constant(const=entry.compartment)
    if entry.handling_code:
        conditions = " ".join(entry.handling_conditions)
        out["handling"] = HandlingWords.model_construct(
            scheme=entry.handling_scheme,
            code=Constant(const=entry.handling_code),
            conditions=Constant(const=conditions) if conditions else None,
        )
    if entry.grading is not None:
        out["grading"] = GradingWords.model_construct(
            scheme=entry.grading.scheme.value,
            source=Constant(const=entry.grading.source),
            intelligence=Constant(const=entry.grading.intelligence),
        )
    return out


def _behind(words: _Words, entry: SourceEntry) -> _Words:
    """Words that are said, with the register's value behind each, for rows where they come out empty."""
    changed: dict[str, Any] = {}
    for name in ("marking", "compartment"):
        said: ValueOf | None = getattr(words, name)
        behind: str = getattr(entry, name)
        if said is not None and behind:
            changed[name] = _first(said, behind)
    handling = words.handling and _handling(words.handling, entry)
    grading, graded = words.grading, entry.grading
    if handling is not None:
        changed["handling"] = handling
    if grading is not None and graded is not None and grading.default is None:
        whole = graded.source + graded.intelligence
        if grading.scheme == graded.scheme and len(whole) == 2:
            changed["grading"] = grading.model_copy(update={"default": whole})
    return words.model_copy(update=changed) if changed else words


def _handling(words: HandlingWords, entry: SourceEntry) -> HandlingWords | None:
    """None where the register cannot stand behind it: another scheme, or conditions that could not follow the code."""
    if not entry.handling_code or words.scheme != entry.handling_scheme or isinstance(words.code, Constant):
        return None
    code = _first(words.code, entry.handling_code)
    if not entry.handling_conditions:
        return words.model_copy(update={"code": code})
    if not isinstance(words.code, FromColumn) or words.code.default is not None:
        return None
    empty = ColumnIs(column=words.code.column, empty=True)
    ours = Constant.model_construct(const=" ".join(entry.handling_conditions), when=empty)
    both = ours if words.conditions is None else Several.model_construct(list_=[words.conditions, ours])
    return words.model_copy(update={"code": code, "conditions": both})


def _first(said: ValueOf, behind: str) -> ValueOf:
    return said if isinstance(said, Constant) else First.model_construct(first=[said, Constant(const=behind)])
