"""Parquet, decoded by a child process under a memory limit and read from its pipe: a file can at worst end the child."""

import json
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, JsonColumns, Row
from ingest.mapping.compiler.columns import Getter
from ingest.mapping.model import FileWords
from ingest.readers.base import LINE_MAX, BadRow, shortened
from ingest.readers.json_values import text_fault
from ingest.readers.pace import EVERY_ROWS, step

_CHILD = Path(__file__).with_name("parquet_child.py")  # run as a script: the package need not be loaded again
_STALLED_S = 120.0
_ADVICE = "Have it written again, or give it as CSV or JSON lines."


class ParquetColumns(JsonColumns):
    """JSON rows whose columns are known beforehand, so that one that is lacking is noticed before the first row."""

    def __init__(self, names: list[str], may_lack: list[str]) -> None:
        super().__init__()
        self._items: set[str] = set()  # what repeat adds to a row
        self._known = {*names, *may_lack}

    def getter(self, name: str) -> Getter:
        """See :class:`ingest.mapping.compiler.columns.Columns`."""
        if name not in self._known and name.split(".", maxsplit=1)[0] not in self._items:
            self.lacking.add(name)
        return super().getter(name)

    def with_item(self, name: str) -> "ParquetColumns":
        """See :class:`ingest.mapping.compiler.columns.Columns`."""
        self._items.add(name)
        return self


class Parquet:
    """See :class:`ingest.readers.base.Rows`."""

    def __init__(self, path: Path, file: str, section: FileWords) -> None:
        self._path, self._section = path, section
        self.label = file
        self.names: list[str] = []
        self.paths: list[str] = []
        self.total = 0
        for number, _ in enumerate(self._lines(), start=1):
            self.total = number
            if number % EVERY_ROWS == 0:
                step(number)
        self.notes: tuple[str, ...] = () if self.total else ("it has columns and no rows",)

    def columns(self) -> Columns:
        """See the port."""
        return ParquetColumns(self.paths, self._section.may_lack)

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        for line in self._lines():
            row = cast("dict[str, object]", json.loads(line))
            fault = text_fault(row) if b"\\u" in line else None
            yield row if fault is None else BadRow("(row)", fault, shortened(line.decode("ascii")))

    def advice(self) -> str:
        """See the port."""
        shown = ", ".join(repr(name) for name in self.paths[:12])
        return f"it has {shown}{', ...' if len(self.paths) > 12 else ''}: correct the mapping"

    def close(self) -> None:
        """See the port."""

    def _lines(self) -> Generator[bytes]:
        """The rows as the child writes them; its head is kept. Ends the child however it is left."""
        command = [sys.executable, "-I", str(_CHILD), str(self._path)]
        with subprocess.Popen(  # noqa: S603 - our own script
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            patience = _Patience(child)
            try:
                with closing(patience):
                    yield from self._said(cast("IO[bytes]", child.stdout), patience)
                    told = cast("IO[bytes]", child.stderr).read(4096)
                    if child.wait(_STALLED_S):
                        raise self._refused(told, child.returncode, stalled=patience.ended)
            finally:
                child.kill()

    def _said(self, pipe: IO[bytes], patience: "_Patience") -> Iterator[bytes]:
        first = pipe.readline(LINE_MAX)
        if first.endswith(b"\n"):
            head = json.loads(first)
            self.names, self.paths = head["columns"], head["schema"]
        while line := pipe.readline(LINE_MAX):
            if not line.endswith(b"\n") and len(line) >= LINE_MAX:
                raise FileRefusedError(self.label, "a row above 16 MiB", _ADVICE)
            if line.endswith(b"\n"):
                patience.renew()
                yield line

    def _refused(self, told: bytes, code: int, *, stalled: bool) -> FileRefusedError:
        reason = told.decode("utf-8", "replace").strip()
        if stalled:
            return FileRefusedError(self.label, "reading it takes too long", _ADVICE)
        if code != 1 or not reason or reason.startswith("Traceback"):
            reason = "its content makes the decoder fail: it is damaged, or meant to do harm"
        return FileRefusedError(self.label, reason, _ADVICE)


class _Patience:
    """Ends a child that says nothing for too long."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self.ended = False
        self._child = child
        self._heard = self._closed = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def renew(self) -> None:
        """It said something."""
        self._heard = True

    def close(self) -> None:
        """Watch no longer."""
        self._wake.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._wake.wait(_STALLED_S):
            if not self._heard:
                self.ended = True
                self._child.kill()
                return
            self._heard = False
