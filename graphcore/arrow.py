"""The one place that knows pyarrow, which says nothing of its types: ``pa``, ``pc`` and ``csv`` are the library, untyped.

The names of its classes stand for any value where types are checked, and for the classes themselves at run time.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.compute  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.csv  # pyright: ignore[reportMissingTypeStubs]

pa: Any = pyarrow
pc: Any = pyarrow.compute
csv: Any = pyarrow.csv

if TYPE_CHECKING:
    Array: TypeAlias = Any
    ChunkedArray: TypeAlias = Any
    DataType: TypeAlias = Any
    DictionaryArray: TypeAlias = Any
    RecordBatch: TypeAlias = Any
    Schema: TypeAlias = Any
    StreamWriter: TypeAlias = Any
    Table: TypeAlias = Any
else:
    Array, ChunkedArray, DataType = pyarrow.Array, pyarrow.ChunkedArray, pyarrow.DataType
    DictionaryArray, RecordBatch, Schema = pyarrow.DictionaryArray, pyarrow.RecordBatch, pyarrow.Schema
    StreamWriter, Table = pyarrow.RecordBatchStreamWriter, pyarrow.Table
