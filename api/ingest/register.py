"""The source register over the API. An entry in a compartment is shown to those in it alone; to others it is not there."""

from api.errors import ProblemError, not_found
from api.reading import Access
from graphcore.audit import Ask, Operation
from graphcore.errors import ValueRefusedError
from ingest.register.view import overdue_rows, shape
from ingest.register.words import EntryWords


def listing(access: Access) -> dict[str, object]:
    """The register, under audit."""
    entry = access.begin(Ask("ingest.register", {}, Operation.CONSULTATION))
    rows = overdue_rows(access.services.workspace, access.context)
    entry.done(count=len(rows))
    return {"sources": rows}


def history(access: Access, source: str) -> dict[str, object]:
    """All versions of one source, oldest first.

    Raises:
        ProblemError: it is not in the register, or in a compartment that is not the caller's.
    """
    entry = access.begin(Ask("ingest.register.history", {"source": source}, Operation.CONSULTATION))
    versions = access.services.workspace.ledger.register.history(source)
    if not versions or not versions[-1].visible_to(access.context):
        raise not_found()
    seen = [shape(version) for version in versions if version.visible_to(access.context)]
    entry.done(count=len(seen))
    return {"versions": seen}


def change(access: Access, source: str, words: EntryWords, why: str) -> dict[str, object]:
    """Add a version of one source's entry.

    Raises:
        ProblemError: a code that its scheme does not have, or a compartment that is not the caller's.
    """
    query: dict[str, object] = {"source": source, "why": why}
    entry = access.begin(Ask("ingest.register.set", query, Operation.ALTERATION))
    kept = access.services.workspace.ledger.register
    known = kept.get(source)
    if known is not None and not known.visible_to(access.context):
        raise not_found()
    if words.compartment and words.compartment not in access.context.compartments:
        raise ProblemError(403, "compartment", "You are not in that compartment.")
    try:
        made = kept.set(source, words.entry(), by=access.subject, why=why)
    except ValueRefusedError as error:
        raise ProblemError(422, "entry", f"The entry cannot be kept: {error}.") from error
    entry.done(count=1)
    return shape(made)
