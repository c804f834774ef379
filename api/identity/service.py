"""Identity runs and decisions from the question to the graph, each under audit before anything is looked at.

Joining is combination (DPA 2018 s.62), parting and taking back is alteration. What the person may not see they cannot
decide on: it is as if it were not there.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.resolution.model import Settings
from analytics.resolution.population import read_population
from analytics.resolution.run import TYPES, TypeSummary, propose, resolve, rule_decision
from api.identity.live import last_record, leave
from graphcore.access import AccessContext
from graphcore.audit import Operation
from graphcore.errors import LedgerError
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.identity.book import IdentityBook, Moved
from graphcore.identity.clusters import RULE_PREFIX
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.store.port import GraphStore
from graphcore.store.project import Progress
from graphcore.workspace import Workspace

MOST_PAIRS = 10_000
REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did; ``run`` is the name under which it can be undone. ``waits``: a second person has to confirm it."""

    run: str
    judgements: int
    moved: Moved
    by_type: Mapping[str, TypeSummary]
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and what it moved; ``waits``: nothing yet, because a second person has to confirm it."""

    decision: str
    moved: Moved
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one person decides: a workspace, the store that follows it, and who they are."""

    workspace: Workspace
    store: GraphStore
    who: AccessContext

    @property
    def book(self) -> IdentityBook:
        """The book of identity."""
        return IdentityBook(self.workspace.ledger)

    def four_eyes(self, what: str) -> str:
        """The proposer, where ``what`` ("auto", "same") wants a second person; else ""."""
        return self.who.subject if what in self.workspace.settings.identity.four_eyes else ""


def run_identity(
    workspace: Workspace,
    store: GraphStore,
    who: AccessContext,
    progress: Progress,
    *,
    types: Sequence[str] = TYPES,
    learn: bool = False,
) -> RunSummary:
    """Compare, judge, move, and bring the graph up to date. ``progress`` may raise to stop it: nothing is judged then.

    ``learn``: refit weights to what persons judged, whatever the settings say.

    Raises:
        PopulationError: the table of names that the settings name cannot be used.
        AuditError: the run could not be logged; nothing was compared.
    """
    desk, now = Desk(workspace, store, who), datetime.now(UTC)
    run_id, proposer = _name("run", now), desk.four_eyes("auto")
    rules = workspace.settings.identity
    names = read_population(workspace.folder / rules.names) if rules.names else None
    learns = learn or rules.learn
    query = {"run": run_id, "types": [*types], "learn": learns, "names": rules.names}
    with workspace.audit.entry(who, Operation.COMBINATION, "identity.run", query) as entry:
        reach = last_record(workspace.ledger)
        desk.book.settle()  # records may have come, or gone, that change who sees what
        proposal = propose(
            workspace.ledger.view(who),
            rule_decision(run_id, now),
            standing=desk.book.standing(),
            settings=Settings(leaves=not proposer, learns=learns, population=names),
            types=types,
            progress=lambda what: progress(f"comparing {what}", 0, None),
        )
        progress("writing judgements", 0, None)
        moved = resolve(desk.book, proposal, proposed_by=proposer)
        leave(workspace.ledger, proposal, reach)
        workspace.projection(store).catch_up(progress)
        entry.done(count=len(proposal.judgements))
    return RunSummary(run_id, len(proposal.judgements), moved, proposal.summary, bool(proposer))


def undo_identity(
    workspace: Workspace, store: GraphStore, who: AccessContext, decision_id: str, *, reason: str = ""
) -> Moved:
    """Take a run or a person's decision back and bring the graph up to date.

    Raises:
        UnknownKeyError: nothing of that name stands that the person may see.
        LedgerError: it was made for good.
    """
    query = {"run": decision_id, "reason": reason}
    with workspace.audit.entry(who, Operation.ALTERATION, "identity.undo", query) as entry:
        with workspace.ledger.view(who).identity() as view:
            standing = [one for one in view.of_decision(decision_id) if not one.undone_by]
        if not standing:
            raise UnknownKeyError(
                "no decision of that name stands that you may see: list the runs, or the history of an entity"
            )
        moved = IdentityBook(workspace.ledger).undo(decision_id, undone_by=who.subject)
        workspace.projection(store).catch_up()
        entry.done(count=moved.origins)
    return moved


def judge_pairs(desk: Desk, pairs: Collection[tuple[str, str]], verdict: Verdict, reason: str) -> Decided:
    """One decision of a person on one or several pairs of visible source items (origin ids).

    Raises:
        UnknownKeyError: an item is not there for this person.
        ValueRefusedError: a pair is of two types.
        LedgerError: there are too many pairs, or one is of an item with itself.
    """
    operation = Operation.COMBINATION if verdict is Verdict.SAME else Operation.ALTERATION
    query: dict[str, object] = {"pairs": [*pairs][:100], "verdict": verdict, "reason": reason}
    with desk.workspace.audit.entry(desk.who, operation, "identity.judge", query) as entry:
        _require_visible(desk, {end for pair in pairs for end in pair})
        if len(pairs) > MOST_PAIRS or any(left == right for left, right in pairs):
            raise LedgerError(f"give up to {MOST_PAIRS:,} pairs, each of two different items")
        made = _decision(desk, reason)
        proposer = desk.four_eyes("same") if verdict is Verdict.SAME else ""
        sorted_pairs = sorted(set(map(_sorted, pairs)))
        judgements = [Judgement(left, right, verdict, made) for left, right in sorted_pairs]
        moved = desk.book.judge(judgements, proposed_by=proposer)
        desk.workspace.projection(desk.store).catch_up()
        entry.done(count=len(judgements))
    return Decided(made.decision_id, moved, bool(proposer))


def join_entities(desk: Desk, left: str, right: str, reason: str) -> Decided:
    """Make two entities one.

    Raises:
        UnknownKeyError: one is not there for this person.
        ValueRefusedError: they are of two types.
        LedgerError: they are one already.
    """
    ends = [_first(desk, uid) for uid in (left, right)]
    if left == right:
        raise LedgerError("these are one entity already")
    return judge_pairs(desk, [(ends[0], ends[1])], Verdict.SAME, reason)


def split_entity(desk: Desk, uid: str, out: Collection[str], reason: str) -> Decided:
    """Part some members from an entity; the others stay one.

    Raises:
        UnknownKeyError: there is no such entity for this person, or a member is not one of its.
        LedgerError: nobody would stay or go, or there are too many pairs.
    """
    query: dict[str, object] = {"entity": uid, "out": sorted(out)[:100], "reason": reason}
    with desk.workspace.audit.entry(desk.who, Operation.ALTERATION, "identity.split", query, (uid,)) as entry:
        members = [one.origin_id for one in desk.workspace.ledger.view(desk.who).origins(uid)]
        if not members or not set(out) <= set(members):
            raise UnknownKeyError(
                "there is no such entity, or a member named is not one of its: show it first"
            )
        stay = [one for one in members if one not in out]
        if not stay or not out or len(stay) * len(out) > MOST_PAIRS:
            raise LedgerError(f"some members have to go and some to stay, up to {MOST_PAIRS:,} pairs of them")
        made = _decision(desk, reason)
        moved = desk.book.split(sorted(out), stay, made)
        desk.workspace.projection(desk.store).catch_up()
        entry.done(count=moved.origins)
    return Decided(made.decision_id, moved)


def confirm_decision(desk: Desk, decision_id: str, reason: str) -> Decided:
    """Let a decision take effect that somebody else proposed.

    Raises:
        UnknownKeyError: no such decision waits that this person may see.
        LedgerError: they proposed it themselves.
    """
    query = {"decision": decision_id, "reason": reason}
    with desk.workspace.audit.entry(desk.who, Operation.COMBINATION, "identity.confirm", query) as entry:
        with desk.workspace.ledger.view(desk.who).identity() as view:
            if not view.of_decision(decision_id):
                raise UnknownKeyError(
                    "no such decision waits to be confirmed: list the queue to find its name"
                )
        moved = desk.book.confirm(decision_id, by=desk.who.subject, reason=reason)
        desk.workspace.projection(desk.store).catch_up()
        entry.done(count=moved.origins)
    return Decided(decision_id, moved)


def _require_visible(desk: Desk, origins: Collection[str]) -> None:
    with desk.workspace.ledger.view(desk.who).identity() as view:
        if len(view.ends(origins)) < len(origins):
            raise UnknownKeyError("a source item is not there: look its id up with `ocb identity show`")


def _first(desk: Desk, uid: str) -> str:
    members = desk.workspace.ledger.view(desk.who).origins(uid)
    if not members:
        raise UnknownKeyError("there is no such entity: look it up by a search")
    return next((one.origin_id for one in members if one.origin_id == uid), members[0].origin_id)


def _sorted(pair: tuple[str, str]) -> tuple[str, str]:
    return min(pair), max(pair)


def _decision(desk: Desk, reason: str) -> Decision:
    now = datetime.now(UTC)
    said = reason.strip()[:REASON_MAX]
    if desk.who.subject.startswith(RULE_PREFIX):
        raise LedgerError("a person's name does not begin like a rule's: use another account")
    if not said:
        raise LedgerError("say why: the reason is kept with the decision")
    return Decision(_name("decision", now), desk.who.subject, said, now)


def _name(kind: str, now: datetime) -> str:
    return f"{kind}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
