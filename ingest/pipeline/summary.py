"""What a load says when it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from graphcore.store.project import Progress

__all__ = ["Cancel", "LoadSummary", "Progress"]

Cancel = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """Counted in records: ``read = loaded + unchanged + quarantined``; ``waiting`` are among ``loaded``.

    A load that goes on after an interruption counts the whole of every file it finishes. ``rows`` and ``skipped`` count
    rows (skipped: those that state nothing; like warnings, among the rows that were mapped this time); ``warnings`` are
    sentences in a fixed order, without values; ``batches`` are the numbers under which the files can be looked at, removed
    and put back; ``unregistered``: sentences on sources of which neither the mapping nor the source register says how they
    are held.
    """

    loaded: int
    unchanged: int
    quarantined: int
    waiting: int
    files: int
    rows: int
    skipped: int
    warnings: tuple[str, ...]
    batches: tuple[int, ...] = ()
    unregistered: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """Records read, a refused row counting as one."""
        return self.loaded + self.unchanged + self.quarantined

    def counts(self) -> dict[str, int]:
        """The five figures that stay stable for scripts."""
        return {
            "read": self.read,
            "loaded": self.loaded,
            "unchanged": self.unchanged,
            "quarantined": self.quarantined,
            "waiting": self.waiting,
        }
