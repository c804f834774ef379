"""A search as one page."""

from api.lexicon.service import added
from api.read import Read
from api.reading import Access
from api.shapes import Shaper
from graphcore.lexicon import Added, expand
from graphcore.store.query import SearchQuery
from graphcore.store.search import search

MAX_OFFSET = 10_000


def page(
    access: Access, read: Read, query: SearchQuery, question: object, *, expanded: bool = False
) -> dict[str, object]:
    """Hits of one page and the cursor of the next; ``expanded``: with the lexicon's synonyms, and which they were."""
    words: tuple[Added, ...] = ()
    if expanded:
        query, words = expand(access.services.workspace.ledger.lexicon.lexicon(), query)
    found = search(read.view, query)
    shaper = Shaper(read.view)
    end = query.offset + len(found.hits)
    more = bool(found.hits) and end < min(found.total, MAX_OFFSET)
    read.entry.done(count=len(found.hits), shown=[hit.entity.uid for hit in found.hits])
    return {
        "hits": [{"score": hit.score, "entity": shaper.entity(hit.entity)} for hit in found.hits],
        "total": found.total,
        "complete": found.complete,
        "added": added(words),
        "next": access.services.cursors.make(end, access.subject, question) if more else None,
        "marking": shaper.banner(hit.entity for hit in found.hits),
    }
