"""What a load of any bytes may do: be refused, or account for every row. Anything else is raised.

A file is mapped twice without a ledger, which has to say the same both times, or loaded into a fresh workspace, whose ledger
has to say what the mapping said. A timer on processor time ends what does not end by itself; what waits on another process
is ended by that reader's own limits and by the test's timeout.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from graphcore.workspace import Workspace
from ingest.errors import IngestError
from ingest.pipeline import load
from ingest.pipeline.dry import context_for, dry_run
from ingest.registry import SOURCES
from tests.fuzz.targets import Target

SECONDS = 10.0  # of processor time for a few KiB, which take milliseconds


class HungError(BaseException):
    """A load that did not come to an end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``refused``: the message, where the file or mapping was refused whole; else what its rows state and break."""

    refused: str
    records: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """In one word."""
        return "refused" if self.refused else "quarantine" if self.quarantined else "load"


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise HungError(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def mapped(target: Target, content: bytes, workspace: Path) -> Outcome:
    """Map damaged content as a load into ``workspace`` would, without a ledger.

    Raises:
        HungError: it takes too long.
    """
    with tempfile.TemporaryDirectory() as folder, _bounded(SECONDS):
        path = Path(folder) / target.file
        path.write_bytes(target.wrap(content))
        return _mapped(target, path, workspace)


def _mapped(target: Target, path: Path, workspace: Path) -> Outcome:
    words = target.words
    context = replace(context_for(words), workspace=workspace)
    records: list[str] = []
    quarantined: list[str] = []
    try:
        for row in dry_run(path, words, words.source or target.source.partition("/")[0], context):
            records += map(repr, row.records)
            if row.refused is not None:
                assert row.refused.reason
                quarantined.append(repr(row.refused))
    except IngestError as error:
        return Outcome(str(error) or "refused without a word")
    return Outcome("", tuple(records), tuple(quarantined), context.warnings.lines())


def loaded(target: Target, content: bytes, template: Path) -> dict[str, int] | str:
    """Load damaged content into a copy of ``template``: the counts, or why it is refused.

    Raises:
        HungError: it takes too long.
        AssertionError: the counts do not add up, or a refused file left something behind.
    """
    with tempfile.TemporaryDirectory() as folder, _bounded(SECONDS):
        place, path, mapping = Path(folder) / "w", Path(folder) / target.file, Path(folder) / "mapping.yaml"
        shutil.copytree(template, place)
        path.write_bytes(target.wrap(content))
        source, _, variant = target.source.partition("/")
        if target.mapping is not None:
            mapping.write_text(target.mapping, encoding="utf-8")
        elif variant:
            mapping.write_text(SOURCES[source].variants[variant].read_text(encoding="utf-8"), "utf-8")
        with Workspace.open(place) as workspace:
            return _loaded(workspace, source, path, mapping if mapping.exists() else None)


def _loaded(workspace: Workspace, source: str, path: Path, mapping: Path | None) -> dict[str, int] | str:
    try:
        summary = load(workspace, source, path, mapping=mapping)
    except IngestError as error:
        assert workspace.ledger.batches() == []
        assert list(workspace.ledger.quarantine()) == []
        return str(error)
    counts = summary.counts()
    assert counts["read"] == counts["loaded"] + counts["unchanged"] + counts["quarantined"]
    assert len(workspace.ledger.quarantine(limit=100_000)) == counts["quarantined"]
    again = load(workspace, source, path, mapping=mapping).counts()
    assert (again["loaded"], again["read"]) == (0, counts["read"])
    return counts
