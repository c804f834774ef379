"""Errors of ingest. Messages name files, rows, fields and rules; never what a person's field holds.

IngestError
├── UnknownSourceError    no source of that name, or it needs a mapping
├── MappingError          the mapping file is wrong; lists every fault with its place
├── FileRefusedError      a whole file is refused; nothing of it is committed
├── LoadCancelledError    the caller stopped the load; the same load again goes on from there
└── ReadingEndedError     (Transient) the process that reads died; the same load again goes on from there
RowRefusedError           (inside a load) one row goes to quarantine
CleanError                (inside a load) one value breaks the rule of its cleaner
"""

from collections.abc import Sequence

from graphcore.errors import Transient


class IngestError(Exception):
    """Base of all errors that leave this package."""


class UnknownSourceError(IngestError):
    """The named source does not exist or cannot be used this way."""


class MappingError(IngestError):
    """A mapping is wrong; ``faults`` lists everything found, in order of place."""

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__(
            f"mapping {name}: {len(self.faults)} fault(s):\n" + "\n".join(f"  {f}" for f in self.faults)
        )

    def __reduce__(self) -> tuple[type["MappingError"], tuple[str, tuple[str, ...]]]:
        return type(self), (self.name, self.faults)


class FileRefusedError(IngestError):
    """A file is refused whole; ``file`` and ``reason`` stand in the message, with what to do next."""

    def __init__(self, file: str, reason: str, advice: str) -> None:
        self.file = file
        self.reason = reason
        self.advice = advice
        super().__init__(f"{file}: refused: {reason}. Nothing of it was loaded. {advice}")

    def __reduce__(self) -> tuple[type["FileRefusedError"], tuple[str, str, str]]:
        return type(self), (self.file, self.reason, self.advice)


class ReadingEndedError(IngestError, Transient):
    """The process that reads the files was killed or died."""


class LoadCancelledError(IngestError):
    """The load was stopped on request between two batches."""


class CleanError(ValueError):
    """A value breaks a rule; the message is the reason, without the value."""


class RowRefusedError(Exception):
    """A row goes to quarantine. ``withhold``: what it holds may not be kept either."""

    def __init__(self, field: str, reason: str, *, withhold: bool = False) -> None:
        self.field = field
        self.reason = reason
        self.withhold = withhold
        super().__init__(f"{field}: {reason}")
