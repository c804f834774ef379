"""Where a table begins and ends in a file that has lines above its header or totals below its rows.

Nothing that could be a row is dropped in silence: what stands below the end is counted and noted, and a file with more
than ``BELOW_MAX`` rows there is refused, because the end was then found in the middle of the table.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords

ABOVE_MAX = 200
BELOW_MAX = 50
TO_HEADER = "to_header"


def is_header(cells: Sequence[str], section: FileWords) -> bool:
    """True if these cells are the header that ``skip_rows: to_header`` looks for: they name every required column."""
    return set(section.required) <= {cell.strip() for cell in cells}


def no_header(file: str, section: FileWords) -> FileRefusedError:
    """The error where no line among the first is the header."""
    wanted = ", ".join(repr(name) for name in section.required)
    return FileRefusedError(
        file,
        f"none of its first {ABOVE_MAX} lines is a header with {wanted}",
        "Correct the required columns in the mapping, or give another file.",
    )


@dataclass(slots=True)
class Footer:
    """Finds the end of a table. ``below`` counts the rows from the footer on, once they were all seen."""

    file: str
    section: FileWords
    below: int = 0

    def is_end(self, cells: Iterable[str]) -> bool:
        """True if the first cell that is not empty begins with a footer word."""
        words = tuple(word.casefold() for word in self.section.footer)
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        return bool(words) and first.casefold().startswith(words)

    def cut(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """The rows above the footer."""
        if not self.section.footer:
            yield from rows
            return
        for row in rows:
            if self.is_end(row):
                self.below = 1
                break
            yield row

    def count(self, rest: Iterator[list[str]]) -> None:
        """Count the rows left after :meth:`cut`.

        Raises:
            FileRefusedError: more than ``BELOW_MAX`` of them.
        """
        if self.below:
            self.below += sum(1 for row in rest if any(cell.strip() for cell in row))
        if self.below > BELOW_MAX:
            raise FileRefusedError(
                self.file,
                f"{self.below:,} rows from the footer word on",
                "The end was found inside the table: correct footer in the mapping.",
            )

    @property
    def note(self) -> tuple[str, ...]:
        """What to tell of it."""
        return (f"{self.below} rows from the footer on are no part of the table",) if self.below else ()
