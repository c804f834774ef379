"""What a decision on identity reads and writes, all inside one writing transaction: nobody decides on a stale state."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, func, select

from graphcore.access.needs import Needs, NeedsOf, either
from graphcore.evidence.ledger import decisions, moves
from graphcore.evidence.ledger.dialect import insert_many, items_of, key_list
from graphcore.evidence.ledger.eyes_tables import fitted
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.places import any_withdrawn, is_withdrawn
from graphcore.evidence.ledger.standing import StandingIndex
from graphcore.evidence.ledger.tables import record
from graphcore.evidence.ledger.values import Fit, Standing
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.identity.judgement import Judgement, Verdict
from graphcore.model.ids import IdMaker

CHUNK = 5_000
_SAID = (
    select(record.c.owner, record.c.label, func.min(record.c.seq))
    .where(record.c.owner.in_(items_of("keys")), ~is_withdrawn())
    .group_by(record.c.owner, record.c.label)
)


class Deciding:
    """One decision under way. ``one_tier``: all records demand the same of their readers, and all of them stand."""

    def __init__(self, connection: Connection, ids: IdMaker, now: str, needs_of: NeedsOf) -> None:
        self._connection = connection
        self._ids = ids
        self._now = now
        labels = read_labels(connection)
        self._needs = {number: needs_of(label) for number, label in labels.items()}
        self.one_tier = len(set(self._needs.values())) <= 1 and not any_withdrawn(connection)

    def standing(self) -> StandingIndex:
        """The standing fits, in this transaction."""
        return StandingIndex(self._connection, self._ids)

    def seen(self, view: EvidenceView) -> EvidenceView:
        """``view`` as this transaction sees the ledger, with what it has written itself."""
        return view.inside(self._connection)

    def needs(self, origin_id: str) -> Needs | None:
        """What the records of an origin demand of their readers at least; None where nothing that stands speaks of it."""
        found = [self._needs[label] for _, said in self._said([origin_id]) for label in said]
        return either(found) if found else None

    @property
    def now(self) -> str:
        """The moment of the decision, ISO UTC."""
        return self._now

    @property
    def connection(self) -> Connection:
        """For the graph, where it stands in the same database."""
        return self._connection

    def judgements(self, origins: Collection[str]) -> tuple[Judgement, ...]:
        """The standing judgements around some origins: on all that chains of "same" reach from them.

        Of few origins by index, of many by reading all there are.
        """
        if len(origins) > CHUNK:
            return decisions.read_judgements(self._connection, with_undone=False)
        found: dict[tuple[str, str, str], Judgement] = {}
        reached: set[str] = set()
        waiting = set(origins)
        while waiting:
            reached |= waiting
            here = decisions.judgements_at(self._connection, sorted(waiting))
            found |= {(one.decision_id, one.left, one.right): one for one in here}
            ends = {end for one in here if one.verdict is Verdict.SAME for end in (one.left, one.right)}
            waiting = ends - reached
        return tuple(found.values())

    def every(self) -> tuple[Judgement, ...]:
        """All judgements that stand."""
        return decisions.read_judgements(self._connection, with_undone=False)

    def of(self, decision_id: str) -> tuple[Judgement, ...]:
        """The judgements of one decision, which may wait for a second person; none where it was undone."""
        return decisions.judgements_of(self._connection, decision_id)

    def waits(self, decision_id: str) -> bool:
        """Whether a decision waits for a second person."""
        return decisions.waits(self._connection, decision_id)

    def places(self, origins: Collection[str]) -> dict[str, Standing]:
        """All members of the entities that some origins are in."""
        found: dict[str, Standing] = {}
        for keys in _pages(sorted(origins)):
            found |= moves.standings(self._connection, keys)
        if self.one_tier:
            return found
        return {origin: self._seen(found[origin], said) for origin, said in self._said(sorted(found))}

    def _said(self, origins: Sequence[str]) -> Iterator[tuple[str, dict[int, int]]]:
        """For each origin the first record under each label."""
        for keys in _pages(origins):
            labels: dict[str, dict[int, int]] = {key: {} for key in keys}
            for owner, label, seq in self._connection.execute(_SAID, {"keys": key_list(keys)}):
                labels[owner][label] = seq
            yield from labels.items()

    def _seen(self, place: Standing, said: Mapping[int, int]) -> Standing:
        if not said:
            return replace(place, seen=False)
        needs = {label: self._needs[label] for label in said}
        lowest = [label for label, one in needs.items() if not any(other < one for other in needs.values())]
        return replace(
            place,
            needs=either(needs[label] for label in lowest),
            first_seq=min(said[label] for label in lowest),
        )

    def keep(self, judgements: Sequence[Judgement], *, proposed_by: str = "") -> None:
        """Write judgements; with ``proposed_by`` they wait for a second person.

        Raises:
            UnknownKeyError: an origin is not in the ledger.
        """
        decisions.write_judgements(self._connection, judgements)
        if proposed_by:
            names = {judgement.decision_id for judgement in judgements}
            decisions.write_proposal(self._connection, names, proposed_by)

    def confirm(self, decision_id: str, *, by: str, reason: str) -> None:
        """Let a proposed decision stand.

        Raises:
            UnknownKeyError: no such decision waits.
            LedgerError: ``by`` proposed it.
        """
        decisions.write_confirmation(self._connection, decision_id, by, reason, self._now)

    def take_back(self, decision_id: str, *, by: str) -> None:
        """Undo a decision.

        Raises:
            UnknownKeyError: there is no such decision.
            LedgerError: it was made for good.
        """
        decisions.write_undo(self._connection, decision_id, by, self._now)

    def keep_fits(self, fits: Sequence[Fit]) -> None:
        """Keep the weights that a run gave."""
        insert_many(self._connection, fitted, [asdict(fit) for fit in fits])

    def move(self, changes: Mapping[str, str]) -> None:
        """Put origins into other entities."""
        moves.recluster(self._connection, self._ids, changes)


def _pages(keys: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), CHUNK):
        yield [*keys[start : start + CHUNK]]
