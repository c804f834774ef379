"""Occurrences on their way from rows to records: put aside by pair, in files, so that memory stays flat.

A pair's occurrences all come into the same part, and which part that is follows from their texts alone: the same file
gives the same parts each time, whichever way its rows were read, so that an interrupted load goes on part by part.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Array, StreamWriter, Table, pa
from graphcore.evidence import LinkRecord, SeriesHead, SeriesLayout, SeriesRows
from graphcore.evidence.ledger.series_prepare import gathered
from graphcore.evidence.series import rows_schema
from graphcore.evidence.siphash import hash_texts, hash_words

PART_ROWS = 60_000  # each may be a pair of its own, which takes some kilobytes on its way into the ledger
FILES_MAX = 128
HELD = 20_000  # occurrences of rows that are gathered before they are written
_KEY = bytes(16)  # parts are no secret, and must be the same in every process
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class Cutting:
    """Into how many files occurrences are put aside, and in how many slices each is read back."""

    files: int
    slices: int = 1

    @classmethod
    def of(cls, rows: int) -> "Cutting":
        """For a file of some rows: about ``PART_ROWS`` of them in a slice."""
        parts = max(1, -(-rows // PART_ROWS))
        files = min(FILES_MAX, parts)
        return cls(files, -(-parts // files))


@dataclass(slots=True)
class _Part:
    """One open file."""

    file: Any
    writer: StreamWriter


@dataclass(slots=True)
class _Sheet:
    """The files of one layout; ``heads`` by number."""

    stated_by: str
    file: str
    layout: SeriesLayout
    heads: dict[SeriesHead, int] = field(default_factory=dict[SeriesHead, int])
    writers: dict[int, _Part] = field(default_factory=dict[int, "_Part"])


class Spill:
    """The occurrences of one file; its files are gone when it is closed."""

    def __init__(self, cutting: Cutting) -> None:
        self._folder = TemporaryDirectory(prefix="ocb-series-", ignore_cleanup_errors=True)
        self._files, self._slices = cutting.files, cutting.slices
        self._held: list[LinkRecord] = []
        self._sheets: dict[tuple[str, str, SeriesLayout], _Sheet] = {}
        self._other = ThreadPoolExecutor(1, "ocb-spill")
        self._writing: Future[None] | None = None

    def add(self, records: Sequence[LinkRecord]) -> None:
        """Put records of single occurrences aside."""
        self._held += records
        if len(self._held) >= HELD:
            self._put()

    def add_rows(self, rows: SeriesRows) -> None:
        """Put whole columns aside: written in another thread, one table at a time."""
        if rows.table.num_rows:
            self._wait()
            self._writing = self._other.submit(self._write, rows)

    def _wait(self) -> None:
        """Until the table in work is written; what went wrong with it is raised here."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _write(self, rows: SeriesRows) -> None:
        key = (rows.stated_by, rows.file, rows.layout)
        sheet = self._sheets.setdefault(key, _Sheet(*key))
        codes = np.array([sheet.heads.setdefault(head, len(sheet.heads)) for head in rows.heads], np.int32)
        head = codes[rows.table.column("head").to_numpy()]
        table = rows.table.set_column(0, "head", pa.array(head, pa.int32()))
        part = pair_hashes(table) % np.uint64(self._files)
        order = np.argsort(part, kind="stable")
        bounds = np.searchsorted(part[order], np.arange(self._files + 1, dtype=np.uint64))
        ordered = table.take(pa.array(order)) if self._files > 1 else table
        for number, (begin, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
            if end > begin:
                self._part(sheet, number).writer.write_table(ordered.slice(begin, end - begin))

    def parts(self) -> Iterator[tuple[str, list[SeriesRows]]]:
        """Every part that holds something, with a name that is the same each time; to be called once, at the end."""
        self._put()
        self._wait()
        for sheet in self._sheets.values():
            for part in sheet.writers.values():
                part.writer.close()
                part.file.close()
        count = self._files * self._slices
        for number in range(self._files):
            tables = [
                (sheet, self._read(sheet, number)) for sheet in self._ordered() if number in sheet.writers
            ]
            for place in range(self._slices):
                rows = [self._slice(sheet, table, place) for sheet, table in tables]
                if held := [each for each in rows if each.table.num_rows]:
                    yield f"part {number * self._slices + place + 1} of {count}", held

    def close(self) -> None:
        """Remove the files."""
        self._other.shutdown()
        self._folder.cleanup()

    def _put(self) -> None:
        held, self._held = self._held, []
        for rows in gathered(held):
            self.add_rows(rows)

    def _ordered(self) -> list[_Sheet]:
        return [self._sheets[key] for key in sorted(self._sheets, key=repr)]

    def _path(self, sheet: _Sheet, number: int) -> Path:
        place = list(self._sheets.values()).index(sheet)
        return Path(self._folder.name, f"{place}-{number}.arrow")

    def _part(self, sheet: _Sheet, number: int) -> _Part:
        part = sheet.writers.get(number)
        if part is None:
            file = pa.OSFile(str(self._path(sheet, number)), "wb")
            writer = pa.ipc.new_stream(file, rows_schema(sheet.layout), options=_OPTIONS)
            part = sheet.writers[number] = _Part(file, writer)
        return part

    def _slice(self, sheet: _Sheet, table: Table, place: int) -> SeriesRows:
        """The pairs of a file that belong into one of its slices."""
        if self._slices > 1:
            slice_of = pair_hashes(table) // np.uint64(self._files) % np.uint64(self._slices)
            table = table.take(pa.array(np.flatnonzero(slice_of == place)))
        said: NDArray[np.int64] = table.column("head").to_numpy()
        used, codes = np.unique(said, return_inverse=True)
        heads, order = [*sheet.heads], list[int](used.tolist())
        table = table.set_column(0, "head", pa.array(codes, pa.int32()))
        return SeriesRows(sheet.stated_by, sheet.file, sheet.layout, [heads[at] for at in order], table)

    def _read(self, sheet: _Sheet, number: int) -> Table:
        path = self._path(sheet, number)
        with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as reader:
            table = reader.read_all()
        path.unlink()
        return table


def pair_hashes(table: Table) -> NDArray[np.uint64]:
    """What decides the part of each row: the texts of its two ends."""
    ends = [_hashed(table.column(name).combine_chunks()) for name in ("source", "target")]
    return hash_words(_KEY, ends)


def _hashed(texts: Array) -> NDArray[np.uint64]:
    encoded = texts.dictionary_encode()
    places: NDArray[np.int64] = encoded.indices.to_numpy()
    return hash_texts(_KEY, encoded.dictionary)[places]
