"""Blocks: the occurrences of many records side by side, as Arrow columns under zstd, and the way back.

A block holds whole records; only one that is longer than a block alone is cut. Texts that come again are kept once a block.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from graphcore.arrow import Array, ChunkedArray, Table, pa
from graphcore.errors import LedgerError
from graphcore.evidence.ledger.series_arrange import Int

BLOCK_ROWS = 32_768
COUNTED = "counted"
_OPTIONS = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 1))
_OFTEN = 2


class Piece(NamedTuple):
    """``length`` rows from ``start`` of a block are those of the record at place ``record`` from its row ``offset`` on."""

    record: int
    offset: int
    start: int
    length: int


def cut(lengths: Int) -> Iterator[list[Piece]]:
    """The pieces of every block, for records of some lengths one behind the other."""
    pieces: list[Piece] = []
    held = 0
    for record, length in enumerate(lengths.tolist()):
        if held and held + length > BLOCK_ROWS:
            yield pieces
            pieces, held = [], 0
        for offset in range(0, length, BLOCK_ROWS):
            if held == BLOCK_ROWS:
                yield pieces
                pieces, held = [], 0
            part = min(length - offset, BLOCK_ROWS)
            pieces.append(Piece(record, offset, held, part))
            held += part
    if pieces:
        yield pieces


def encode(table: Table) -> bytes:
    """The bytes of a block."""
    columns = [_packed(table.column(name)) for name in table.column_names]
    batch = pa.RecordBatch.from_arrays(columns, names=table.column_names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=_OPTIONS) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def decode(body: bytes) -> Table:
    """The columns of a block, texts as plain texts.

    Raises:
        LedgerError: the block is damaged.
    """
    try:
        with pa.ipc.open_stream(pa.py_buffer(body)) as reader:
            table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowInvalid, OSError) as error:
        raise LedgerError(
            "a block of occurrences cannot be read: put the ledger back from its last backup"
        ) from error
    columns = [
        column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _packed(column: ChunkedArray) -> Array:
    whole = column.combine_chunks()
    if not pa.types.is_string(whole.type):
        return whole
    encoded = whole.dictionary_encode()
    if len(encoded.dictionary) * _OFTEN > len(whole):
        return whole
    size = (
        pa.int8()
        if len(encoded.dictionary) < 2**7
        else pa.int16()
        if len(encoded.dictionary) < 2**15
        else None
    )
    if size is None:
        return encoded
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(size), encoded.dictionary)


def rows_from(table: Table, places: Int, counted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Table:
    """Some rows of a table in a given order, with the flag whether each counts."""
    return table.take(pa.array(places)).append_column(COUNTED, pa.array(counted))
