"""What a person sees of identity: the queue, what holds an entity together, its history, the runs and their weights."""

from collections.abc import Iterable, Sequence

from api.identity.service import Desk
from api.identity.shapes import Body, end_body, judged_body
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.identity_view import Judged
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.identity.review import QueueFilter, QueueItem, queue
from graphcore.model.times import iso_utc


def queue_page(view: EvidenceView, wanted: QueueFilter, start: int, limit: int) -> tuple[list[Body], int]:
    """Pairs from place ``start`` of the queue, and how many there are."""
    with view.identity() as identity:
        items = queue(identity, wanted)
    names = _captions(view, items[start : start + limit])
    return [_item(item, names) for item in items[start : start + limit]], len(items)


def _captions(view: EvidenceView, items: Iterable[QueueItem]) -> dict[str, OriginRecords]:
    ends = {end.origin_id for item in items for end in (item.judged.left, item.judged.right)}
    return {record.origin_id: record for record in view.origin_records(ends)}


def _item(item: QueueItem, names: dict[str, OriginRecords]) -> Body:
    one, by = item.judged, item.settled_by
    return {
        "left": end_body(one.left, names),
        "right": end_body(one.right, names),
        "entity_type": one.left.entity_type,
        "state": item.state,
        "band": item.band,
        "score": one.judgement.score,
        "effect": item.effect,
        "pointed": item.pointed,
        "decision": one.judgement.decision_id,
        "proposed_by": one.proposed_by,
        "settled_by": by.judgement.decision.decided_by if by else "",
        "settled_why": by.judgement.decision.reason if by else "",
        "settled_decision": by.judgement.decision_id if by else "",
    }


def membership(desk: Desk, view: EvidenceView, uid: str) -> Body:
    """The members of an entity, each with the judgement that holds it there: together a spanning tree.

    Raises:
        UnknownKeyError: there is no such entity for this person.
    """
    with view.identity() as identity:
        ends = {one.origin_id: one for one in identity.members([uid])}
        touching = {
            (one.judgement.decision_id, one.judgement.left, one.judgement.right): one
            for one in (identity.touching([*ends]) if ends else ())
        }
    if not ends:
        raise UnknownKeyError("there is no such entity: look it up by a search")
    holding = desk.book.arranged([*ends]).holding
    cited = [one for made in holding if (one := touching.get((made.decision_id, made.left, made.right)))]
    names = {one.origin_id: one for one in view.origin_records([*ends])}
    held = _held_by(uid, cited)
    order = [one.origin_id for one in view.origins(uid)]
    return {
        "uid": uid,
        "entity_type": next(iter(ends.values())).entity_type,
        "members": [
            {**end_body(ends[key], names), "held_by": judged_body(held[key]) if key in held else None}
            for key in order
            if key in ends
        ],
    }


def _held_by(root: str, tree: Sequence[Judged]) -> dict[str, Judged]:
    """For each member the judgement that brings it to the first one."""
    found: dict[str, Judged] = {}
    reached, rest = {root}, [*tree]
    while rest:
        here = [one for one in rest if (one.left.origin_id in reached) != (one.right.origin_id in reached)]
        if not here:
            break
        for one in here:
            for end in (one.left.origin_id, one.right.origin_id):
                if end not in reached:
                    found[end] = one
        reached |= {end for one in here for end in (one.left.origin_id, one.right.origin_id)}
        rest = [one for one in rest if one not in here]
    return found


def history(view: EvidenceView, uid: str) -> Body:
    """Every judgement ever made on the members of an entity, oldest first, with undone ones.

    Raises:
        UnknownKeyError: there is no such entity for this person.
    """
    with view.identity() as identity:
        members = [one.origin_id for one in identity.members([uid])]
        if not members:
            raise UnknownKeyError("there is no such entity: look it up by a search")
        return {"uid": uid, "judgements": [judged_body(one) for one in identity.touching(members)]}


def runs(view: EvidenceView) -> list[Body]:
    """The runs of which something is visible, newest first; counts are of what is visible."""
    with view.identity() as identity:
        found = identity.runs()
    return [
        {
            "run": one.judgement.decision_id, "rules": one.judgement.decision.decided_by,
            "decided_at": iso_utc(one.judgement.decision.decided_at), "joined": same, "for_review": unsure,
            "state": judged_body(one)["state"], "proposed_by": one.proposed_by, "confirmed_by": one.confirmed_by,
            "undone_by": one.undone_by, "undone_at": one.undone_at,
        }
        for one, same, unsure in found
    ]  # fmt: skip


def model(view: EvidenceView, entity_type: str) -> str:
    """The weights of the last run over what the person sees of a type: of the tier of most readers that has any.

    Raises:
        UnknownKeyError: no run has fitted that type.
    """
    with view.identity() as identity:
        found = [document for tier in view.tiers() if (document := identity.fit(entity_type, tier.name))]
    if not found:
        raise UnknownKeyError("no run has weighed that type yet: run identity first")
    return found[0]
