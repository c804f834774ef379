"""Shapes of identity's answers that several of them share."""

from collections.abc import Sequence

from api.identity.service import Decided
from graphcore.evidence.ledger.identity_view import End, Judged
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.identity.review import band_of
from graphcore.model.times import iso_utc

HELD_BACK = "held back: it would join or part things for readers who may not see why"
Body = dict[str, object]


def end_body(end: End, names: dict[str, OriginRecords]) -> Body:
    """One source item with its name."""
    said = names.get(end.origin_id)
    name = next((str(v) for key in ("name", "number", "vrm", "address") for v in _values(said, key)), "")
    return {
        "origin": end.origin_id, "uid": end.uid, "source": end.source, "reference": end.reference,
        "name": name or end.reference,
    }  # fmt: skip


def _values(said: OriginRecords | None, key: str) -> Sequence[object]:
    return said.properties.get(key, ()) if said else ()


def judged_body(one: Judged) -> Body:
    """One judgement with what became of its decision."""
    made = one.judgement
    state = "undone" if one.undone_by else "proposed" if one.waits else "standing"
    return {
        "left": one.left.origin_id, "right": one.right.origin_id, "verdict": made.verdict, "score": made.score,
        "decision": made.decision_id, "decided_by": made.decision.decided_by, "reason": made.decision.reason,
        "decided_at": iso_utc(made.decision.decided_at), "state": state, "band": band_of(one),
        "proposed_by": one.proposed_by, "confirmed_by": one.confirmed_by, "confirmed_at": one.confirmed_at,
        "undone_by": one.undone_by, "undone_at": one.undone_at,
    }  # fmt: skip


def decided_body(done: Decided) -> Body:
    """What a decision did."""
    held_back = [{"left": one.left, "right": one.right} for one in done.moved.held_back]
    return {
        "decision": done.decision,
        "waits": done.waits,
        "origins": done.moved.origins,
        "entities_before": done.moved.entities_before,
        "entities_after": done.moved.entities_after,
        "held_back": held_back,
        "note": HELD_BACK if held_back else "",
    }
