"""What the command prints: one JSON object, or tables for people. Names are hostile: control characters are shown, not sent."""

import sys
import unicodedata
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

# a pipe or a file has no width of its own
out = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True, highlight=False)

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def plain(value: object) -> str:
    """Text that a terminal cannot obey: control, bidi and zero-width characters become their code points."""
    text = str(value)
    return "".join(f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in _HIDDEN else c for c in text)


def plain_lines(text: str) -> str:
    """As :func:`plain`, keeping the line ends of our own messages."""
    return "\n".join(plain(line) for line in text.split("\n"))


def emit_json(answer: Mapping[str, object]) -> None:
    """Write the one JSON object of a command."""
    sys.stdout.write(orjson.dumps(answer, option=orjson.OPT_NON_STR_KEYS).decode() + "\n")
    sys.stdout.flush()


def fail(message: str, as_json: bool) -> None:
    """Say why a command failed."""
    if as_json:
        emit_json({"error": message})
    else:
        err.print(Text(f"ocb: {plain_lines(message)}", style="red"), soft_wrap=True)


def say(message: str) -> None:
    """One line for people, on standard error so that standard output stays the answer."""
    err.print(Text(plain_lines(message)), soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on standard output; whole numbers are set right."""
    grid = Table(title=Text(plain(title)), title_justify="left", header_style="bold")
    for i, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[i], int | float) for row in rows)
        grid.add_column(
            Text(plain(name)), justify="right" if numeric else "left", overflow="fold", no_wrap=numeric
        )
    for row in rows:
        grid.add_row(*(Text(plain(_number(cell))) for cell in row))
    out.print(grid)


def _number(cell: object) -> object:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.4g}" if abs(cell) < 1000 else f"{cell:,.2f}"


class ProgressLine:
    """A progress bar on standard error: call it with what is being done, how much is done, and the total (None: unknown)."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None) if progress else None

    def __call__(self, what: str, done: int = 0, total: int | None = None) -> None:
        """Show the state of the work."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=plain(what), completed=done, total=total)


@contextmanager
def progress_line(quiet: bool) -> Generator[ProgressLine]:
    """A progress bar for the time of the block; nothing is shown if ``quiet`` or standard error is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield ProgressLine(None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        yield ProgressLine(progress)
