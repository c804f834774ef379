"""How common names are in the population: a table that takes the place of the counts of the data, where it knows a name.

In the records of one force a name may be rare that half a city has, and a family under investigation makes its own name look
common. The file is CSV with the columns ``name,kind,count``: kind is ``given`` or ``family``, count the bearers in the population.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from analytics.resolution.columns import Column, hashes_of
from analytics.resolution.errors import PopulationError
from analytics.resolution.frame import Frame
from analytics.resolution.keys import Int64, Words
from analytics.resolution.text import name_words

KINDS: Final = ("given", "family")
COLUMNS: Final = ("name", "kind", "count")
Framed = TypeVar("Framed", bound=Frame)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """``name``: of the file; ``shares``: by kind the share of the population that has each name, by hash of the name."""

    name: str
    shares: Mapping[str, Mapping[int, float]]

    def over(self, frame: Framed) -> Framed:
        """The frame with these frequencies in place of the counts of given and family names."""
        columns = {
            kind: replace(column, counted=self._counted(kind, column, frame.n), _made={})
            for kind in KINDS
            if (column := frame.columns.get(kind)) is not None and self.shares.get(kind)
        }
        return replace(frame, columns={**frame.columns, **columns})

    def _counted(self, kind: str, column: Column, n: int) -> Callable[[Words], Int64]:
        """How many of ``n`` records would give each value: as the population has it, else as the data have it."""
        shares = self.shares[kind]
        known = n * np.array([shares.get(code, 0.0) for code in column.hashes().tolist()], dtype=np.float64)
        counts = np.where(known > 0, np.rint(known), column.counts()).astype(np.int64)
        return lambda _: counts


def read_population(path: Path) -> Population:
    """A table of name frequencies.

    Raises:
        PopulationError: the file cannot be read, a column is missing, or a row is not a name with a kind and a count.
    """
    counts: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise PopulationError(
                    f"{path.name} lacks the columns {', '.join(missing)}: a table of names has {','.join(COLUMNS)}"
                )
            for row in reader:
                name, kind, count = _row(path.name, reader.line_num, row)
                counts[kind][name] = counts[kind].get(name, 0) + count
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PopulationError(
            f"{path.name} cannot be read as CSV in UTF-8 ({type(error).__name__}): correct it, or take identity.names out of settings.yaml"
        ) from error
    return Population(path.name, {kind: _shares(several) for kind, several in counts.items()})


def _row(file: str, line: int, row: Mapping[str, str | None]) -> tuple[str, str, int]:
    name, kind, count = ((row[column] or "").strip() for column in COLUMNS)
    words = "".join(name_words(name)) if kind == "family" else "".join(name_words(name)[:1])
    for field, wrong, reason in (
        ("name", not words, "no name"),
        ("kind", kind not in KINDS, f"not one of {', '.join(KINDS)}"),
        ("count", not (count.isdecimal() and int(count) > 0), "not a whole number above 0"),
    ):
        if wrong:
            raise PopulationError(f"{file}: line {line}: {field}: {reason}. Correct the row, then try again.")
    return words, kind, int(count)


def _shares(counts: Mapping[str, int]) -> dict[int, float]:
    total = sum(counts.values())
    codes = hashes_of(counts).tolist()
    return {code: count / total for code, count in zip(codes, counts.values(), strict=True)}
