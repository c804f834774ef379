"""The first rows of a file as a file of their own, so that a preview of gigabytes reads kilobytes."""

import csv
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from ingest.errors import FileRefusedError
from ingest.preview.model import Guess
from ingest.readers.base import FIELD_MAX, LINE_MAX

WHOLE_MAX = 256 << 20
_ABOVE = 210  # lines that may stand above a header, and some to spare


def sampled(path: Path, guess: Guess, rows: int, folder: Path) -> tuple[Path, bool]:
    """A file of the same name with the first ``rows`` rows, and whether that is all of it.

    Formats that cannot be cut are taken whole up to 256 MiB.

    Raises:
        FileRefusedError: a larger one of those.
    """
    if guess.form not in ("csv", "jsonl"):
        if path.stat().st_size > WHOLE_MAX:
            raise FileRefusedError(
                guess.file,
                "a format that can only be read whole, above 256 MiB",
                "Preview all of it (--all).",
            )
        return path, False
    target = folder / path.name
    with (
        path.open(encoding=guess.encoding, newline="", errors="replace") as stream,
        target.open("w", encoding=guess.encoding, newline="", errors="replace") as out,
    ):
        pieces = _records(stream, guess.delimiter) if guess.form == "csv" else _lines(stream)
        out.writelines(islice(pieces, rows + _ABOVE))
        whole = not stream.readline(1)
    if whole:
        shutil.copyfile(path, target)  # damaged bytes stay as they are
    return target, whole


def _lines(stream: TextIO) -> Iterator[str]:
    return iter(lambda: stream.readline(LINE_MAX), "")


def _records(stream: TextIO, delimiter: str) -> Iterator[str]:
    """The text of each record: a quoted field may hold line ends."""
    taken: list[str] = []

    def note() -> Iterator[str]:
        for line in _lines(stream):
            taken.append(line)
            yield line

    csv.field_size_limit(FIELD_MAX)
    reader = csv.reader(note(), delimiter=delimiter)
    try:
        for _ in reader:
            yield "".join(taken)
            taken.clear()
    except csv.Error:
        yield "".join(taken)
