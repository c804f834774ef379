"""Rules for changing batches that the command and the API share."""

from graphcore.errors import LedgerError
from graphcore.evidence.ledger import BatchLine, EvidenceView, UnknownKeyError


def require_visible(view: EvidenceView, number: int) -> BatchLine:
    """The batch, where the reader may know of all of it: nobody changes what they cannot see.

    Raises:
        UnknownKeyError: nothing of it is visible, or there is none.
        LedgerError: part of it is hidden from this reader.
    """
    found = next((line for line in view.batches() if line.number == number), None)
    if found is None:
        raise UnknownKeyError(f"there is no batch {number}: `ocb ingest batches` lists them")
    if not found.whole:
        raise LedgerError(f"batch {number} cannot be changed by you: ask the owner of its source")
    return found
