"""Rules for changing batches that the command and the API share."""

from graphcore.evidence.ledger import BATCH, BatchLine, EvidenceView, UnknownKeyError


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
