"""Judgements as the ledger keeps them: added, never altered; undoing a decision is a row of its own, and so is confirming one.

A decision stands unless it was undone; one that was only proposed stands when a second person has confirmed it.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, or_, select

from graphcore.errors import LedgerError
from graphcore.evidence.ledger.dialect import insert_new, items_of, key_list
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.eyes_tables import confirmed, proposed
from graphcore.evidence.ledger.places import uids_of
from graphcore.evidence.ledger.tables import decision, judgement, undone
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.model.times import iso_utc, parse_iso_utc

COLUMNS = (
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
_ALL = (
    select(*COLUMNS)
    .join_from(judgement, decision, decision.c.decision_id == judgement.c.decision_id)
    .order_by(decision.c.decided_at, decision.c.decision_id, judgement.c.left, judgement.c.right)
)


def _decision_in(table: Table) -> ColumnElement[bool]:
    return (
        select(table.c.decision_id)
        .where(table.c.decision_id == decision.c.decision_id)
        .correlate(decision)
        .exists()
    )


IS_UNDONE = _decision_in(undone)
WAITS = and_(_decision_in(proposed), ~_decision_in(confirmed))
_STANDING = _ALL.where(~IS_UNDONE, ~WAITS)
_AT = _STANDING.where(or_(judgement.c.left.in_(items_of("keys")), judgement.c.right.in_(items_of("keys"))))
_OF_DECISION = _ALL.where(~IS_UNDONE, judgement.c.decision_id.in_(items_of("keys")))


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


def write_proposal(connection: Connection, decision_ids: Collection[str], proposed_by: str) -> None:
    """Let decisions wait for a second person."""
    rows = [{"decision_id": name, "proposed_by": proposed_by} for name in sorted(decision_ids)]
    insert_new(connection, proposed, rows)


def write_confirmation(
    connection: Connection, decision_id: str, confirmed_by: str, reason: str, moment: str
) -> None:
    """Let a proposed decision stand.

    Raises:
        UnknownKeyError: no such decision waits.
        LedgerError: its proposer is the one who would confirm it.
    """
    by = connection.scalar(select(proposed.c.proposed_by).where(proposed.c.decision_id == decision_id))
    if by is None or not waits(connection, decision_id):
        raise UnknownKeyError("no such decision waits to be confirmed: list the queue to find its name")
    if by == confirmed_by:
        raise LedgerError("whoever proposed a decision cannot confirm it: a second person has to")
    row = {"decision_id": decision_id, "confirmed_by": confirmed_by, "reason": reason, "confirmed_at": moment}
    insert_new(connection, confirmed, [row])


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
    return made_of(connection.execute(_ALL if with_undone else _STANDING))


def judgements_at(connection: Connection, origins: Collection[str]) -> tuple[Judgement, ...]:
    """The standing judgements on some origins and anything else."""
    return made_of(connection.execute(_AT, {"keys": key_list([*origins])}))


def judgements_of(connection: Connection, decision_id: str) -> tuple[Judgement, ...]:
    """The judgements of a decision that was not undone; it may still wait for a second person."""
    return made_of(connection.execute(_OF_DECISION, {"keys": key_list([decision_id])}))


def waits(connection: Connection, decision_id: str) -> bool:
    """Whether a decision waits for a second person."""
    found: Select[Any] = select(decision.c.decision_id).where(
        decision.c.decision_id == decision_id, WAITS, ~IS_UNDONE
    )
    return connection.execute(found).first() is not None


def made_of(rows: Iterable[Any]) -> tuple[Judgement, ...]:
    """Judgements from rows of :data:`COLUMNS`; those of one decision share it."""
    decisions: dict[str, Decision] = {}
    made: list[Judgement] = []
    for left, right, verdict, score, decision_id, decided_by, reason, decided_at, reversible in rows:
        one = decisions.get(decision_id) or Decision(
            decision_id, decided_by, reason, parse_iso_utc(decided_at), reversible
        )
        decisions[decision_id] = one
        made.append(Judgement(left, right, Verdict(verdict), one, score))
    return tuple(made)
