"""What the compiled functions of one load share: the row being read, the warnings so far, the references stated so far."""

from collections.abc import Callable
from dataclasses import dataclass, field

from graphcore.model import Value

Values = tuple[Value, ...]
NOTHING: Values = ()


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
        """Count one warning at the current row."""
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
    seen: dict[tuple[str, str], set[str]] = field(default_factory=dict[tuple[str, str], set[str]])

    def references(self, source: str, entity_type: str) -> set[str] | None:
        """The set to add references of a type to; None where nobody will ask."""
        return self.seen.setdefault((source, entity_type), set()) if entity_type in self.wanted else None

    def types_of(self, source: str, types: tuple[str, ...], reference: str) -> list[str]:
        """Those of ``types`` under which ``reference`` was stated, in the order given; this load is asked first."""
        now = [name for name in types if reference in self.seen.get((source, name), ())]
        return now or [name for name in types if self._before(source, name, reference)]

    def _before(self, source: str, name: str, reference: str) -> bool:
        known = self.earlier(source, name, reference)
        if known:
            self.seen.setdefault((source, name), set()).add(reference)
        return known


@dataclass(slots=True)
class LoadContext:
    """Shared by all sections of one load."""

    warnings: Warnings = field(default_factory=Warnings)
    types: TypeIndex = field(default_factory=TypeIndex)
    duplicates: dict[tuple[str, str, str], dict[str, int]] = field(
        default_factory=dict[tuple[str, str, str], dict[str, int]]
    )
