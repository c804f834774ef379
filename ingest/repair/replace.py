"""One batch in the place of another: the new file is loaded whole, then the old one is removed, in one transaction.

A crash before the removal leaves both, never neither; the same call again finds the new batch loaded, or goes on loading
it, and then removes the old one, and what the first try had loaded twice.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from graphcore.store.port import GraphStore
from graphcore.workspace import Workspace
from ingest.errors import IngestError
from ingest.pipeline import LoadSummary, Progress, load


@dataclass(frozen=True, slots=True)
class Replacement:
    """Put ``path`` in the place of batch ``old``: by whom, why, and under which mapping (None: the source's own).

    ``labels``: numbers of those labels that they may see, whose records alone are taken out; None: all.
    """

    old: int
    path: Path
    by: str
    reason: str
    mapping: Path | None = None
    labels: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """What the load said, and how many records went with the old batch."""

    summary: LoadSummary
    withdrawn: int


def replace_batch(
    workspace: Workspace,
    order: Replacement,
    store: GraphStore,
    *,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Replaced:
    """Load a file and remove the batch that it replaces.

    Raises:
        IngestError: there is no such batch or it is removed already; or the load fails, and the old batch stands.
    """
    upkeep = workspace.ledger.upkeep
    if not upkeep.standing(order.old):
        raise IngestError("the batch is removed already: load the file by itself")
    note = upkeep.load_note(order.old)
    if note is None:
        raise IngestError(
            "the batch was loaded before it was kept as which source: load the file by itself, then remove the batch"
        )
    summary = load(
        workspace,
        note.loaded_as,
        order.path,
        mapping=order.mapping,
        store=store,
        progress=progress,
        cancel=cancel,
    )
    withdrawn = upkeep.replace_batch(
        order.old, summary.batches, by=order.by, reason=order.reason, labels=order.labels
    )
    workspace.projection(store).catch_up(progress)
    return Replaced(summary, withdrawn)
