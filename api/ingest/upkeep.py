"""Rules for changing batches that the command and the API share."""

from collections.abc import Sequence

from graphcore.evidence.ledger import (
    BATCH,
    REFUSED_ROW,
    BatchLine,
    EvidenceView,
    RefusedFilter,
    UnknownKeyError,
)
from graphcore.model.ids import IdMaker


def wanted_rows(
    ids: IdMaker,
    batch: str | None = None,
    *,
    file: str | None = None,
    reason: str | None = None,
    rows: Sequence[str] = (),
) -> RefusedFilter:
    """Which refused rows are meant; ``batch`` and ``rows`` are references, and one that is none of this key finds nothing."""
    number = None if batch is None else ids.number(BATCH, batch)
    return RefusedFilter(number, file, reason, tuple(ids.number(REFUSED_ROW, row) for row in rows))


def require_visible(view: EvidenceView, reference: str) -> BatchLine:
    """The batch, as the reader may know of it. What they change of it is what they see.

    Raises:
        UnknownKeyError: nothing of it is visible, or there is none.
    """
    number = view.ids.number(BATCH, reference)
    found = next((line for line in view.batches() if line.number == number), None)
    if found is None:
        raise UnknownKeyError("there is no such batch: `ocb ingest batches` lists them")
    return found
