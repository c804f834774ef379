"""What a reader gives: rows as received, and rows that could not be read as one. No reader changes a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from ingest.mapping.compiler import Columns, Row

FIELD_MAX = 1 << 20
LINE_MAX = 1 << 24
COLUMNS_MAX = 16_384
ORIGINAL_MAX = 1 << 16


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row for quarantine: the rule it breaks, and as much of it as can be kept."""

    field: str
    reason: str
    original: str


class Rows(Protocol):
    """One file opened as one section of a mapping reads it; its structure has been checked to the end.

    ``label`` names the file in lineage (and the part of it, where a document holds several lists); ``total`` is the
    number of rows; ``notes`` are things about the file that a person should know.
    """

    label: str
    total: int
    notes: tuple[str, ...]

    def columns(self) -> Columns:
        """The columns for a compiler; fresh with every call."""
        ...

    def rows(self) -> Iterator[Row | BadRow]:
        """The rows in order, from the first; may be called again."""
        ...

    def advice(self) -> str:
        """What to do where the file lacks columns that the mapping uses."""
        ...

    def close(self) -> None:
        """Give back what the reader holds (files, temporary copies)."""
        ...


@runtime_checkable
class Skipping(Protocol):
    """Rows that can pass over the first of themselves without taking them apart."""

    def rows_after(self, count: int) -> Iterator[Row | BadRow]:
        """The rows behind the first ``count``."""
        ...


@runtime_checkable
class Digested(Protocol):
    """Rows of a file whose digest came out of the check: the file need not be read for it."""

    digest: str


@runtime_checkable
class NeedsWorkspace(Protocol):
    """Rows that can be given only under the keys of a workspace; told of it after they are opened."""

    def bind(self, workspace: Path | None) -> None:
        """Check the file against the workspace's keys; None: there is no workspace (a preview)."""
        ...


def shortened(text: str) -> str:
    """At most 64 KiB characters of a refused row."""
    return text if len(text) <= ORIGINAL_MAX else text[:ORIGINAL_MAX] + "… (cut)"
