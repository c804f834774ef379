"""Matching what came since the last run, under audit: each transaction takes some records, the graph with them."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.resolution.freeze import write_frozen
from analytics.resolution.live import live_decision, match_new
from analytics.resolution.run import Proposal
from graphcore.access import AccessContext
from graphcore.audit import Operation
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import Ledger
from graphcore.identity.live import LiveBook
from graphcore.store.port import GraphStore
from graphcore.store.project import Progress
from graphcore.workspace import Workspace

AT_ONCE = 50  # newcomers of a type in one transaction: others wait for the ledger meanwhile


@dataclass(frozen=True, slots=True)
class MatchSummary:
    """What a match did. ``decisions``: the names under which each of its parts can be undone; ``crowded``: records that share
    too much with too many others, so that only a run can place them.
    """

    records: int
    judgements: int
    moved: int
    decisions: tuple[str, ...]
    crowded: int


def last_record(ledger: Ledger) -> int:
    """Number of the newest record."""
    with ledger.looking() as deciding:
        return deciding.standing().last()


def leave(ledger: Ledger, proposal: Proposal, reach: int) -> None:
    """Keep what a run leaves for single records, in place of what the run before it left; each type in a transaction."""
    for left in proposal.left:
        with ledger.deciding() as deciding:
            write_frozen(deciding.standing(), left.made, left.origins, reach, deciding.now)


def match_identity(
    workspace: Workspace, store: GraphStore, who: AccessContext, progress: Progress
) -> MatchSummary:
    """Match all records that came since the last run or match, each on its own. ``progress`` may raise to stop it: what was
    matched stays.

    Raises:
        LedgerError: a second person has to confirm what rules join, so that nothing can be joined at once.
        AuditError: the match could not be logged; nothing was compared.
    """
    if "auto" in workspace.settings.identity.four_eyes:
        raise LedgerError(
            "a second person has to confirm what the rules join (identity.four_eyes in settings.yaml): use `ocb identity run`"
        )
    now, book = datetime.now(UTC), LiveBook(workspace.ledger, store)
    name = f"match-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    records = judgements = moved = crowded = part = 0
    decisions: dict[str, None] = {}
    with workspace.audit.entry(who, Operation.COMBINATION, "identity.match", {"match": name}) as entry:
        workspace.projection(store).catch_up(progress)
        view, more = workspace.ledger.view(who), True
        while more:
            with book.deciding() as deciding:
                done = match_new(
                    deciding, view, live_decision(f"{name}.{part}", datetime.now(UTC)), most=AT_ONCE
                )
            records, moved, more, part = records + done.newcomers, moved + done.moved, done.more, part + 1
            judgements, crowded = judgements + len(done.judgements), crowded + len(done.crowded)
            decisions |= dict.fromkeys(one.decision_id for one in done.judgements)
            progress("matching new records", records, None)
        workspace.projection(store).catch_up(progress)
        entry.done(count=judgements)
    return MatchSummary(records, judgements, moved, tuple(decisions), crowded)
