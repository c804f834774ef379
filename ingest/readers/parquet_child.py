"""Turns a Parquet file into JSON lines on stdout, in a process of its own with a memory limit.

The decoder is native code fed with a stranger's bytes; whatever it does, it does here. First line: number of rows and the
names of the columns; each further line: one row. Decimals, times and dates are texts, so that none loses a digit.
"""

import json
import math
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from typing import cast as cast_to

MEMORY = 6 << 30  # of addresses: the libraries alone reserve a good part of it
GROUP_MAX = 1 << 30
CELL_MAX = 1 << 20
COLUMNS_MAX = 16_384
DEPTH_MAX = 32
ROWS_PER_BYTE = 200
FREE_ROWS = 1_000_000
BATCH = 1_024


def limit() -> None:
    """Set the limits of this process, where the system has them."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain_type(pa: Any, kind: Any, depth: int = 0) -> Any:
    """The type to which a column is cast so that JSON keeps it exactly; others stay."""
    if depth > DEPTH_MAX:
        sys.exit("its columns are nested too deeply")
    types = pa.types
    made = kind
    if is_textual(types, kind):
        made = pa.string()
    elif types.is_float16(kind):
        made = pa.float32()
    elif types.is_dictionary(kind):
        made = plain_type(pa, kind.value_type, depth + 1)
    elif types.is_nested(kind):
        made = plain_nested(pa, kind, depth)
    return made


def is_textual(types: Any, kind: Any) -> bool:
    """True for what JSON has no number for: dates, times, decimals."""
    span = types.is_duration(kind) or types.is_interval(kind)
    return types.is_decimal(kind) or (types.is_temporal(kind) and not span)


def plain_nested(pa: Any, kind: Any, depth: int) -> Any:
    """A struct, map or list of plain types."""
    types = pa.types
    if types.is_struct(kind):
        fields = [kind.field(at) for at in range(kind.num_fields)]
        if len({field.name for field in fields}) < len(fields):
            sys.exit("a nested column has two fields of one name")
        return pa.struct([field.with_type(plain_type(pa, field.type, depth + 1)) for field in fields])
    if types.is_map(kind):
        return pa.map_(*(plain_type(pa, part, depth + 1) for part in (kind.key_type, kind.item_type)))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inner = plain_type(pa, kind.value_type, depth + 1)
        if types.is_fixed_size_list(kind):
            return pa.list_(inner, kind.list_size)
        return pa.list_(inner) if types.is_list(kind) else pa.large_list(inner)
    return kind


def json_value(value: Any) -> Any:
    """A value as JSON can say it; bytes that are no text are given in hexadecimal digits."""
    if isinstance(value, dict):
        fields = cast_to("dict[Any, Any]", value)
        return {str(key): json_value(item) for key, item in fields.items()}
    if isinstance(value, list):
        items = cast_to("list[Any]", value)
        return [json_value(item) for item in items]
    if isinstance(value, tuple):  # an entry of a map
        key, item = cast_to("tuple[Any, Any]", value)
        return {"key": json_value(key), "value": json_value(item)}
    return json_scalar(value)


def json_scalar(value: Any) -> Any:
    """As :func:`json_value`, of a single value; a number that is none is nothing."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            value = value.hex()
    if isinstance(value, str) and len(value) > CELL_MAX:
        sys.exit("a cell above 1 MiB")
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def checked(path: str, pq: Any) -> Any:
    """The opened file, if all that it says of itself is within the limits."""
    limits = {"thrift_string_size_limit": 64 << 20, "thrift_container_size_limit": 1_000_000}
    with open(path, "rb") as stream:  # noqa: PTH123 - as few imports as can be
        if stream.read(4) == b"PARE":
            sys.exit("it is encrypted: ask for it without encryption")
    file = pq.ParquetFile(
        path,
        memory_map=False,
        pre_buffer=False,
        buffer_size=1 << 20,
        page_checksum_verification=True,
        **limits,
    )
    names = file.schema_arrow.names
    if len(names) > COLUMNS_MAX:
        sys.exit(f"more than {COLUMNS_MAX:,} columns")
    if len(set(names)) < len(names):
        sys.exit("more than one column of one name")
    said = file.metadata
    if said.num_rows > FREE_ROWS + ROWS_PER_BYTE * os.path.getsize(path):  # noqa: PTH202
        sys.exit("it says that it has far more rows than so few bytes can hold: a bomb")
    groups = (said.row_group(at) for at in range(said.num_row_groups))
    if any(group.total_byte_size > GROUP_MAX for group in groups):
        sys.exit("a row group above 1 GiB: have it written with smaller row groups")
    return file


def lines(path: str) -> Iterator[Any]:
    """The head, then the rows."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    pa: Any = import_module("pyarrow")  # after the limits
    pq: Any = import_module("pyarrow.parquet")
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    file = checked(path, pq)
    schema = file.schema_arrow
    wanted = [plain_type(pa, field.type) for field in schema]
    yield {"rows": file.metadata.num_rows, "columns": schema.names, "schema": paths(pa, schema)}
    for batch in file.iter_batches(batch_size=BATCH, use_threads=False):
        columns = [
            cast(pa, column, kind).to_pylist() for column, kind in zip(batch.columns, wanted, strict=True)
        ]
        for row in zip(*columns, strict=True):
            yield {name: json_value(value) for name, value in zip(schema.names, row, strict=True)}


def cast(pa: Any, column: Any, kind: Any) -> Any:
    """The column as ``kind``; times of a zone are given in UTC."""
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column if column.type == kind else column.cast(kind)


def paths(pa: Any, schema: Any) -> list[str]:
    """The dotted names of all columns; what is in a list has the list's name."""
    found: list[str] = []

    def add(name: str, kind: Any) -> None:
        found.append(name)
        if pa.types.is_struct(kind):
            for at in range(kind.num_fields):
                add(f"{name}.{kind.field(at).name}", kind.field(at).type)

    for field in schema:
        add(field.name, field.type)
    return found


def main() -> None:
    """Argument: the file."""
    limit()
    try:
        for line in lines(sys.argv[1]):
            sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
    except MemoryError:
        sys.exit("it needs more memory than a file may: a bomb, or far too large row groups")
    except BrokenPipeError:
        os._exit(0)
    except (UnicodeDecodeError, OverflowError, RecursionError):
        sys.exit("it holds a text that is not UTF-8, or a number or nesting out of all bounds")
    except Exception as error:  # noqa: BLE001 - the edge of the process: the library's own errors are many
        name = type(error).__name__
        sys.exit(f"it is damaged, or no whole Parquet file ({name})")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
