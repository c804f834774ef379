"""Delimited files as blocks of columns. The row reader says what a row is; nothing here reads a file otherwise than it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

import numpy as np

from graphcore.arrow import pa
from ingest.pipeline.columnar_block import Column, TextBlock
from ingest.readers import BadRow
from ingest.readers.delimited import Delimited
from ingest.readers.plain import Lines, PlainText

BLOCK_ROWS = 200_000
BLOCK_BYTES = 12 << 20


def text_blocks(rows: Delimited) -> Iterator[TextBlock]:
    """The rows of a file in order, some hundred thousand at a time; the next are cut while one block is worked on.

    Cutting is Arrow's and numpy's work, which leave the interpreter to others. What was looked at by distinct text in
    one block comes so in the next.
    """
    if rows.plain is None:
        yield from _of_rows(rows)
        return
    blocks, wanted = _of_lines(rows, rows.plain), set[str]()

    def following() -> TextBlock | None:
        block = next(blocks, None)
        if block is not None:
            for name in wanted:
                _ = block.columns[name].codes
        return block

    with ThreadPoolExecutor(1, "ocb-blocks") as other:
        coming = other.submit(following)
        while (block := coming.result()) is not None:
            coming = other.submit(following)
            yield block
            wanted |= {name for name, column in block.columns.items() if column.is_encoded}


def _of_rows(rows: Delimited) -> Iterator[TextBlock]:
    numbered = enumerate(rows.rows(), start=1)
    while taken := list(islice(numbered, BLOCK_ROWS)):
        bad = [(number, row) for number, row in taken if isinstance(row, BadRow)]
        good = [(number, row) for number, row in taken if not isinstance(row, BadRow)]
        fields = zip(*(row for _, row in good), strict=True) if good else ((),) * len(rows.header)
        columns = {
            name: Column(pa.array(texts, pa.string()))
            for name, texts in zip(rows.header, fields, strict=True)
        }
        yield TextBlock(rows.header, columns, np.array([n for n, _ in good], np.int64), bad, taken[-1][0])


def _of_lines(rows: Delimited, plain: PlainText) -> Iterator[TextBlock]:
    width, done = len(rows.header), 0
    for lines in plain.pieces(BLOCK_BYTES):
        if lines is None:
            raise RuntimeError(f"{rows.label} changed while it was read")
        number = np.arange(done + 1, done + 1 + len(lines.begin))
        whole = lines.fields == width
        bad = [(int(number[at]), rows.ragged(_line(lines, int(at)))) for at in np.flatnonzero(~whole)]
        good = replace(lines, begin=lines.begin[whole], end=lines.end[whole], fields=lines.fields[whole])
        columns = {name: Column(texts) for name, texts in plain.columns(good, rows.header).items()}
        done += len(lines.begin)
        yield TextBlock(rows.header, columns, number[whole], bad, done)


def _line(lines: Lines, at: int) -> str:
    return lines.data[int(lines.begin[at]) : int(lines.end[at])].decode()
