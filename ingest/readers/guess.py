"""Which mark parts the columns of a delimited text: the one under which the first rows agree on the most columns."""

import csv
from collections import Counter
from collections.abc import Collection
from itertools import islice
from pathlib import Path

from ingest.readers.base import FIELD_MAX

DELIMITERS = (",", ";", "\t", "|")
_LINES = 200
_ROWS = 60


def guess_delimiter(path: Path, encoding: str, *, skip: int = 0, required: Collection[str] = ()) -> str:
    """One of comma, semicolon, tab and bar; comma where there is but one column.

    Args:
        path: The file.
        encoding: Its codec.
        skip: Lines above the header.
        required: Columns that the header must have; a mark that gives them wins.
    """
    with path.open(encoding=encoding, newline="") as stream:
        lines = [stream.readline(FIELD_MAX) for _ in range(_LINES + skip)][skip:]
    scores = {mark: _score(lines, mark, required) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (scores[mark], -DELIMITERS.index(mark)))


def _score(lines: list[str], mark: str, required: Collection[str]) -> tuple[bool, bool, int]:
    """Whether the required columns are there, whether most rows have one width above 1, and that width."""
    csv.field_size_limit(FIELD_MAX)
    try:
        found = (cells for cells in csv.reader(lines, delimiter=mark) if cells)
        rows = [*islice(found, _ROWS)]
    except csv.Error:
        return False, False, 0
    if not rows:
        return False, False, 0
    width, often = Counter(len(row) for row in rows).most_common(1)[0]
    named = bool(required) and any(set(required) <= {cell.strip() for cell in row} for row in rows)
    return named, width > 1 and often * 5 >= len(rows) * 4, width if width > 1 else 0
