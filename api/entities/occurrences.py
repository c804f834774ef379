"""The single events behind a link that counts them: calls, messages, reads, each with the row that says so."""

from api.errors import not_found
from api.read import Read
from graphcore.evidence.ledger import OccurrenceView
from graphcore.model import Link, iso_utc

MOST = 100_000  # events that can be paged through; behind that, ask for the file


def occurrences(read: Read, lid: str, limit: int, offset: int = 0) -> tuple[Link, list[OccurrenceView], bool]:
    """The link, some of its events by time, and whether there are more.

    Raises:
        ProblemError: the link does not exist for this reader.
    """
    link = read.view.link(lid)
    if link is None:
        raise not_found()
    found = read.evidence.occurrences(lid, limit=min(offset + limit, MOST) + 1)
    shown = found[offset : offset + limit]
    read.entry.done(count=len(shown), shown=[link.source, link.target])
    return link, shown, len(found) > offset + limit


def body(found: OccurrenceView) -> dict[str, object]:
    """One event as an answer gives it."""
    return {
        "at": iso_utc(found.at),
        "until": iso_utc(found.until) if found.until else None,
        "reference": found.reference,
        "values": found.values,
        "original": found.original,
        "counts": found.counts,
        "rid": found.rid,
        "source": found.source,
        "file": found.file,
        "row": found.row,
    }
