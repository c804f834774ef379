"""Finds the entity that a person means: by uid, by ``source:reference`` or bare reference, or by its exact name."""

from api.cli.errors import CommandError
from graphcore.evidence.ledger import EvidenceView
from graphcore.model import Entity
from graphcore.store.port import GraphView
from graphcore.store.query import SearchQuery
from graphcore.store.search import search

_SHOWN = 8


def locate(view: GraphView, evidence: EvidenceView, text: str) -> Entity:
    """The one visible entity meant by ``text``.

    Raises:
        CommandError: none, or several; lists candidates with their uids.
    """
    found = _by_uid(view, text) or _by_reference(view, evidence, text) or _by_name(view, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError("several entities match; give one of these uids:\n" + _listed(found))
    near = [hit.entity for hit in search(view, SearchQuery(text, limit=_SHOWN)).hits]
    hint = f"; nearest:\n{_listed(near)}" if near else "; try `ocb search` first"
    raise CommandError("no entity with this uid, reference or name" + hint)


def _by_uid(view: GraphView, text: str) -> list[Entity]:
    entity = view.entity(text)
    return [entity] if entity else []


def _by_reference(view: GraphView, evidence: EvidenceView, text: str) -> list[Entity]:
    source, _, reference = text.partition(":")
    uids = set(evidence.uid_of(None, text))
    if reference:
        uids |= set(evidence.uid_of(None, reference, source))
    return list(view.entities(sorted(uids)))


def _by_name(view: GraphView, text: str) -> list[Entity]:
    wanted = text.casefold()
    hits = search(view, SearchQuery(text, fuzzy=False, limit=50)).hits
    return [hit.entity for hit in hits if hit.entity.caption.casefold() == wanted]


def _listed(entities: list[Entity]) -> str:
    return "\n".join(f"  {e.uid}  {e.type}  {e.caption}  ({', '.join(e.sources)})" for e in entities[:_SHOWN])
