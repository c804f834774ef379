"""One identity run from reading to graph, under audit as combination (DPA 2018 s.62)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.resolution.run import TypeSummary, propose, resolve, rule_decision
from analytics.resolution.run import undo as undo_run
from graphcore.access import AccessContext
from graphcore.audit import Operation
from graphcore.identity.book import IdentityBook, Moved
from graphcore.store.port import GraphStore
from graphcore.store.project import Progress
from graphcore.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did; ``run`` is the name under which it can be undone."""

    run: str
    judgements: int
    moved: Moved
    by_type: Mapping[str, TypeSummary]


def run_identity(
    workspace: Workspace, store: GraphStore, who: AccessContext, progress: Progress
) -> RunSummary:
    """Compare, judge, move, and bring the graph up to date.

    Raises:
        AuditError: the run could not be logged; nothing was compared.
    """
    now = datetime.now(UTC)
    run_id = f"run-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    with workspace.audit.entry(who, Operation.COMBINATION, "identity.run", {"run": run_id}) as entry:
        book = IdentityBook(workspace.ledger)
        book.settle()  # records may have come, or gone, that change who sees what
        proposal = propose(
            workspace.ledger.view(who),
            rule_decision(run_id, now),
            standing=book.standing(),
            progress=lambda what: progress(f"comparing {what}", 0, None),
        )
        progress("writing judgements", 0, None)
        moved = resolve(book, proposal)
        workspace.projection(store).catch_up(progress)
        entry.done(count=len(proposal.judgements))
    return RunSummary(run_id, len(proposal.judgements), moved, proposal.summary)


def undo_identity(workspace: Workspace, store: GraphStore, who: AccessContext, run_id: str) -> Moved:
    """Take a run back and bring the graph up to date.

    Raises:
        LedgerError: no such run stands.
    """
    with workspace.audit.entry(who, Operation.ALTERATION, "identity.undo", {"run": run_id}) as entry:
        moved = undo_run(IdentityBook(workspace.ledger), run_id, undone_by=who.subject)
        workspace.projection(store).catch_up()
        entry.done(count=moved.origins)
    return moved
