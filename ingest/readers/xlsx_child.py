"""Turns one sheet of a workbook into JSON lines, in a process of its own with a memory limit.

A workbook can hold a cell that takes gigabytes; here it takes this process with it, and nothing else. First line: notes about
the workbook; each further line: the values of one row as texts. Values only: formulas are never run.
"""

import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path

MEMORY = 1 << 30
OUTPUT = 2 << 30
CPU_S = 300
CELL_MAX = 1 << 20


def limit() -> None:
    """Set the limits of this process, where the system has them."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CPU, CPU_S),
    ):
        resource.setrlimit(kind, (most, most))


def text_of(value: object) -> str:
    """A cell as text: whole numbers without a point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        whole_day = value.time() == datetime.time()
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def sheet_rows(path: str, sheet: str) -> Iterator[object]:
    """The sheet's title, then its rows; an unknown sheet ends the process with its message."""
    import openpyxl  # noqa: PLC0415 - after the limits

    with Path(path).open("rb") as stream:  # given by name, it would be judged by the ending of its name
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        if sheet and sheet not in book.sheetnames:
            sys.exit(f"no sheet {sheet!r} (it has {', '.join(book.sheetnames)})")
        chosen = book[sheet] if sheet else book.worksheets[0]
        yield {"sheet": chosen.title}
        for row in chosen.iter_rows(values_only=True):
            cells = [text_of(value) for value in row]
            if any(len(cell) > CELL_MAX for cell in cells):
                sys.exit("a cell above 1 MiB")
            yield cells


def main() -> None:
    """Arguments: workbook, sheet ("" for the first), output file."""
    limit()
    path, sheet, target = sys.argv[1:4]
    try:
        with open(target, "x", encoding="utf-8") as out:  # noqa: PTH123 - as few imports as can be
            out.writelines(json.dumps(row, ensure_ascii=True) + "\n" for row in sheet_rows(path, sheet))
    except MemoryError:
        sys.exit("it needs more than 1 GiB of memory: a bomb, or far too large a sheet")


if __name__ == "__main__":
    main()
