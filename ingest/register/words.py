"""The file of ``ocb ingest register set``: entries of sources, checked whole before one of them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from graphcore.errors import ValueRefusedError
from graphcore.evidence import Grading, GradingScheme
from graphcore.evidence.ledger.register import SourceEntry
from ingest.errors import MappingError
from ingest.mapping.read import placed, plain_faults
from ingest.mapping.yaml_text import read_yaml

SOURCE_NAME = r"^[a-z0-9][a-z0-9_.-]{0,63}$"


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_as_text)]
Text = Annotated[str, Field(max_length=2_000)]
SchemeName = Literal["3x5x2", "5x5x5"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class GradingPart(_Part):
    """A default grading: both parts of one scheme."""

    scheme: SchemeName
    source: Code = ""
    intelligence: Code = ""


class HandlingPart(_Part):
    """A default handling code with its conditions."""

    scheme: SchemeName
    code: Code
    conditions: list[str] = Field(default_factory=list[str])


class EntryWords(_Part):
    """One source's entry, in a file or a request."""

    organisation: Text
    contact: Text = ""
    lawful_basis: Text = ""
    grading: GradingPart | None = None
    handling: HandlingPart | None = None
    marking: Literal["", "OFFICIAL", "OFFICIAL-SENSITIVE"] = ""
    compartment: Text = ""
    retention_group: Code = ""
    refresh_days: int | None = None
    note: Text = ""

    def entry(self) -> SourceEntry:
        """As the ledger keeps it.

        Raises:
            ValueRefusedError: a code that its scheme does not have.
        """
        graded, handled = self.grading, self.handling
        return SourceEntry(
            organisation=self.organisation,
            contact=self.contact,
            lawful_basis=self.lawful_basis,
            grading=Grading(GradingScheme(graded.scheme), graded.source, graded.intelligence)
            if graded
            else None,
            handling_scheme=handled.scheme if handled else "",
            handling_code=handled.code if handled else "",
            handling_conditions=tuple(sorted(set(handled.conditions))) if handled else (),
            marking=self.marking,
            compartment=self.compartment,
            retention_group=self.retention_group,
            refresh_days=self.refresh_days,
            note=self.note,
        )


class _FileWords(_Part):
    register_: Annotated[Literal[1], Field(alias="register")]
    why: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    sources: Annotated[dict[Annotated[str, Field(pattern=SOURCE_NAME)], EntryWords], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """Entries by source, and the reason that the file gives ("" for none)."""

    entries: Mapping[str, SourceEntry]
    why: str


def read_register(path: Path) -> RegisterFile:
    """Read and check a register file; the rules of YAML are those of a mapping.

    Raises:
        MappingError: it cannot be read, or has faults; lists all of them with their lines.
    """
    try:
        raw = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise MappingError(path.name, [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise MappingError(path.name, [f"is not UTF-8 at byte {error.start}"]) from error
    text = read_yaml(path.name, raw)
    try:
        words = _FileWords.model_validate(text.values)
    except ValidationError as error:
        raise MappingError(path.name, placed(text, plain_faults(error))) from error
    entries: dict[str, SourceEntry] = {}
    faults: list[tuple[tuple[str | int, ...], str]] = []
    for name, entry in words.sources.items():
        try:
            entries[name] = entry.entry()
        except ValueRefusedError as error:
            faults.append((("sources", name), str(error)))
    if faults:
        raise MappingError(path.name, placed(text, faults))
    return RegisterFile(entries, words.why or "")
