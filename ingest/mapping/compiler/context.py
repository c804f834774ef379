"""What the compiled functions of one load share: the row being read, the warnings so far, the references stated so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from graphcore.lexicon import Lexicon
from graphcore.model import Value
from ingest.mapping.compiler.known import Known

Values = tuple[Value, ...]
NOTHING: Values = ()
MOST_KINDS = 2_000  # of warnings, of all files of a load together


@dataclass(slots=True)
class Warned:
    """One kind of warning in one field of one file: how often, and the row where it was first seen."""

    count: int
    first_row: int


@dataclass(slots=True)
class Warnings:
    """Collects warnings by (code, file, field). ``row`` is set by whoever reads the rows."""

    file: str = ""
    row: int = 0
    found: dict[tuple[str, str, str], Warned] = field(default_factory=dict[tuple[str, str, str], Warned])

    def add(self, code: str, column: str) -> None:
        """Count one warning at the current row; past ``MOST_KINDS`` of them all further kinds are counted as one."""
        known = self.found.get((code, self.file, column))
        if known is None and len(self.found) >= MOST_KINDS:
            code, column = "further kinds of warnings", "(others)"
            known = self.found.get((code, self.file, column))
        if known is None:
            self.found[code, self.file, column] = Warned(1, self.row)
        else:
            known.count += 1

    def lines(self) -> tuple[str, ...]:
        """One sentence a warning, in order of file, field and code; never a value."""
        return tuple(
            f"{file}: {column}: {code} ({warned.count} times, first in row {warned.first_row})"
            for (code, file, column), warned in sorted(
                self.found.items(), key=lambda item: (item[0][1], item[0][2], item[0][0])
            )
        )


@dataclass(slots=True)
class TypeIndex:
    """Which references were stated under which type, for link ends that do not say their type.

    Only the types in ``wanted`` are kept. ``earlier`` says whether a former load stated (source, type, reference).
    """

    wanted: frozenset[str] = frozenset()
    earlier: Callable[[str, str, str], bool] = lambda _source, _type, _reference: False
    seen: dict[tuple[str, str], Known] = field(default_factory=dict[tuple[str, str], Known])

    def references(self, source: str, entity_type: str) -> Known | None:
        """Where to add references of a type; None where nobody will ask."""
        return self._known(source, entity_type) if entity_type in self.wanted else None

    def types_of(self, source: str, types: tuple[str, ...], reference: str) -> list[str]:
        """Those of ``types`` under which ``reference`` was stated, in the order given; this load is asked first."""
        now = [name for name in types if reference in self.seen.get((source, name), ())]
        return now or [name for name in types if self._before(source, name, reference)]

    def _before(self, source: str, name: str, reference: str) -> bool:
        known = self.earlier(source, name, reference)
        if known:
            self._known(source, name).add(reference)
        return known

    def _known(self, source: str, name: str) -> Known:
        if (source, name) not in self.seen:
            self.seen[source, name] = Known()
        return self.seen[source, name]


@dataclass(slots=True)
class LoadContext:
    """Shared by all sections of one load. ``lexicon``: what ``code:LIST`` codes with; None: the shipped lists.

    ``workspace``: folder of the workspace that is loaded into; None where nothing is loaded.
    """

    warnings: Warnings = field(default_factory=Warnings)
    types: TypeIndex = field(default_factory=TypeIndex)
    duplicates: dict[tuple[str, str, str], Known] = field(default_factory=dict[tuple[str, str, str], Known])
    lexicon: Lexicon | None = None
    workspace: Path | None = None
