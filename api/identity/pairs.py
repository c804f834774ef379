"""One pair of source items explained: what both sides say, what it weighs, why not, and what to beware of."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from analytics.resolution.fitted import load_fitted
from analytics.resolution.pair import MOST, PairExplanation, explain_pair
from api.identity.service import Desk
from api.identity.shapes import HELD_BACK, Body, judged_body
from graphcore.access import highest_marking
from graphcore.access.needs import either
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.identity_view import End, Judged
from graphcore.evidence.ledger.values import OriginRecords, RecordView
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.identity.clusters import is_rule
from graphcore.identity.judgement import Decision, Judgement, Verdict

SHOWN = 50  # records of each side of a pair


def pair(desk: Desk, view: EvidenceView, left: str, right: str) -> Body:
    """Why two source items are one thing or not, with what both sides say.

    Raises:
        UnknownKeyError: one is not there for this person.
        ValueRefusedError: they are of two types.
    """
    with view.identity() as identity:
        ends = identity.ends([left, right])
        if len(ends) < 2:
            raise UnknownKeyError("a source item is not there: look its id up with `ocb identity show`")
        members = {key: [one.origin_id for one in identity.members([ends[key].uid])] for key in (left, right)}
        said = identity.between(members[left], members[right])
    sides = {
        key: _side(view, ends[key], [key, *(one for one in members[key] if one != key)])
        for key in (left, right)
    }
    explained = _explained(view, ends[left], sides)
    trial = desk.book.tried([_trial(desk, left, right)])
    one_entity = ends[left].uid == ends[right].uid
    return {
        "entity_type": ends[left].entity_type,
        "one_entity": one_entity,
        "left": _side_body(ends[left], sides[left]),
        "right": _side_body(ends[right], sides[right]),
        "explanation": explanation_body(explained) if explained else None,
        "why_not": _why_not(explained) if explained else [],
        "warnings": _warnings(said, sides, held_back=bool(trial.held_back)),
        "judgements": [judged_body(one) for one in said],
        "marking": highest_marking(one.label for records, _ in sides.values() for one in records),
    }


Side = tuple[list[RecordView], list[OriginRecords]]


def _side(view: EvidenceView, end: End, members: Sequence[str]) -> Side:
    found = {one.origin_id: one for one in view.origin_records(members[:MOST])}
    rids = view.rids([end.origin_id], SHOWN)
    return [*view.records(rids)], [found[key] for key in members[:MOST] if key in found]


def _explained(view: EvidenceView, end: End, sides: dict[str, Side]) -> PairExplanation | None:
    """Under the weights of the tier that the pair is decided in."""
    (one, left), (other, right) = sides.values()
    needs = [either(view.needs(record.label) for record in records) for records in (one, other)]
    tier = needs[0] | needs[1]
    with view.identity() as identity:
        document = identity.fit(end.entity_type, tier.name)
    weights = load_fitted(document, "the weights of the last run") if document else None
    narrow = view.narrowed(tier)
    seen = [
        {one.origin_id: one for one in narrow.origin_records([m.origin_id for m in side])}
        for side in (left, right)
    ]
    kept = [
        [found[m.origin_id] for m in side if m.origin_id in found]
        for found, side in zip(seen, (left, right), strict=True)
    ]
    return explain_pair(end.entity_type, kept[0], kept[1], weights)


def _trial(desk: Desk, left: str, right: str) -> Judgement:
    low, high = sorted((left, right))
    made = Decision("trial", desk.who.subject, "what it would do", datetime.now(UTC))
    return Judgement(low, high, Verdict.SAME, made)


def explanation_body(explained: PairExplanation) -> Body:
    """The waterfall with its bars."""
    return {**asdict(explained), "wanting": explained.wanting}


def _why_not(explained: PairExplanation) -> list[str]:
    """What keeps a pair from being joined without asking."""
    said = [f"ruled out: {name}" for name in explained.conflicts]
    said += [
        f"{line.feature}: {line.level} ({line.bits:+.1f} bits)"
        for line in explained.lines[1:]
        if line.bits < 0
    ]
    if explained.wanting:
        said.append(f"{explained.wanting:.1f} bits are missing to the bar of {explained.auto:+.1f}")
        said += [
            f"{line.feature} is not said on both sides: {line.level} would add about {line.bits:.1f} bits"
            for line in explained.would_help
            if line.bits > 0
        ]
    return said


def _warnings(said: Sequence[Judged], sides: dict[str, Side], *, held_back: bool) -> list[str]:
    parted = [
        one for one in said
        if one.stands and one.judgement.verdict is Verdict.DIFFERENT and not is_rule(one.judgement.decision)
    ]  # fmt: skip
    warnings = [f"a person parted these: {one.judgement.decision.decided_by}" for one in parted[:5]]
    births = [
        {str(v) for one in members for v in one.properties.get("birth_date", ()) if len(str(v)) == 10}
        for _, members in sides.values()
    ]
    if births[0] and births[1] and not births[0] & births[1]:
        warnings.append("two birth dates")
    return [*warnings, *([HELD_BACK] if held_back else [])]


def _side_body(end: End, side: Side) -> Body:
    records, members = side
    return {
        "origin": end.origin_id,
        "uid": end.uid,
        "source": end.source,
        "reference": end.reference,
        "members": len(members),
        "records": [
            {
                "rid": one.rid, "source": one.source, "file": one.file, "row": one.row, "known_at": one.known_at,
                "grading": f"{one.grading.scheme}:{one.grading.code}" if one.grading else "",
                "properties": {name: [*values] for name, values in one.properties.items()},
            }
            for one in records
        ],
    }  # fmt: skip
