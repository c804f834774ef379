"""Judgements as the ledger keeps them: added, never altered; undoing a decision is a row of its own."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from graphcore.errors import LedgerError
from graphcore.evidence.ledger.dialect import insert_new
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.places import uids_of
from graphcore.evidence.ledger.tables import decision, judgement, undone
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.model.times import iso_utc, parse_iso_utc

_ALL = (
    select(
        judgement.c.left,
        judgement.c.right,
        judgement.c.verdict,
        judgement.c.score,
        decision.c.decision_id,
        decision.c.decided_by,
        decision.c.reason,
        decision.c.decided_at,
        decision.c.reversible,
    )
    .join_from(judgement, decision, decision.c.decision_id == judgement.c.decision_id)
    .order_by(decision.c.decided_at, decision.c.decision_id, judgement.c.left, judgement.c.right)
)
_UNDONE = select(undone.c.decision_id).where(undone.c.decision_id == decision.c.decision_id).exists()


def write_judgements(connection: Connection, judgements: Sequence[Judgement]) -> None:
    """Keep judgements and their decisions; what is there already stays as it is.

    Raises:
        UnknownKeyError: an origin is not in the ledger; nothing is written.
    """
    origins = {key for made in judgements for key in (made.left, made.right)}
    unknown = sorted(origins.difference(uids_of(connection, origins)))
    if unknown:
        raise UnknownKeyError(
            f"{len(unknown)} judged origins are not in this ledger, the first is {unknown[0]}: load their source first"
        )
    insert_new(connection, decision, [_decision_row(made) for made in _distinct(judgements)])
    insert_new(
        connection,
        judgement,
        [
            {
                "decision_id": made.decision_id, "left": made.left, "right": made.right, "verdict": str(made.verdict),
                "score": made.score,
            }
            for made in judgements
        ],
    )  # fmt: skip


def _distinct(judgements: Iterable[Judgement]) -> list[Decision]:
    return [*{made.decision_id: made.decision for made in judgements}.values()]


def _decision_row(made: Decision) -> dict[str, Any]:
    return {
        "decision_id": made.decision_id,
        "decided_by": made.decided_by,
        "reason": made.reason,
        "decided_at": iso_utc(made.decided_at),
        "reversible": made.reversible,
    }


def write_undo(connection: Connection, decision_id: str, undone_by: str, moment: str) -> None:
    """Take a decision back with all its judgements; doing so twice is doing it once.

    Raises:
        UnknownKeyError: there is no such decision.
        LedgerError: the decision was made for good.
    """
    reversible = connection.execute(
        select(decision.c.reversible).where(decision.c.decision_id == decision_id)
    ).scalar_one_or_none()
    if reversible is None:
        raise UnknownKeyError(
            f"decision {decision_id} is not in this ledger: look it up in the list of judgements"
        )
    if not reversible:
        raise LedgerError(
            f"decision {decision_id} was made for good and cannot be undone: record a new judgement"
        )
    insert_new(
        connection, undone, [{"decision_id": decision_id, "undone_by": undone_by, "undone_at": moment}]
    )


def read_judgements(connection: Connection, *, with_undone: bool) -> tuple[Judgement, ...]:
    """All judgements that stand (or ever stood), by time and id of their decision, then by pair."""
    wanted = _ALL if with_undone else _ALL.where(~_UNDONE)
    decisions: dict[str, Decision] = {}
    made: list[Judgement] = []
    for (
        left,
        right,
        verdict,
        score,
        decision_id,
        decided_by,
        reason,
        decided_at,
        reversible,
    ) in connection.execute(wanted):
        one = decisions.get(decision_id) or Decision(
            decision_id, decided_by, reason, parse_iso_utc(decided_at), reversible
        )
        decisions[decision_id] = one
        made.append(Judgement(left, right, Verdict(verdict), one, score))
    return tuple(made)
