"""Judgements as one access context may read them: those on two origins that visible records speak of, and no others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, or_, select

from graphcore.evidence.ledger.decisions import COLUMNS, IS_UNDONE, WAITS, made_of
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.eyes_tables import confirmed, fitted, proposed
from graphcore.evidence.ledger.tables import decision, judgement, link_origin, origin, record, undone
from graphcore.identity.judgement import Judgement, Verdict

MOST = 20_000  # pairs that a queue looks at
GROUP_LINKS = ("MEMBER_OF",)
RULES = "rule:%"


@dataclass(frozen=True, slots=True)
class End:
    """One side of a pair."""

    origin_id: str
    uid: str
    source: str
    reference: str
    entity_type: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with its ends and what became of its decision; times are ISO UTC, "" for what did not happen."""

    judgement: Judgement
    left: End
    right: End
    proposed_by: str = ""
    confirmed_by: str = ""
    confirmed_at: str = ""
    confirmed_why: str = ""
    undone_by: str = ""
    undone_at: str = ""

    @property
    def stands(self) -> bool:
        """Whether it counts now."""
        return not self.undone_by and not self.waits

    @property
    def waits(self) -> bool:
        """Whether it waits for a second person."""
        return bool(self.proposed_by) and not self.confirmed_by and not self.undone_by


@dataclass(frozen=True, slots=True)
class Weight:
    """How much hangs on an entity, of what is visible: records, links, links to crime groups, records with a marker."""

    records: int = 0
    links: int = 0
    groups: int = 0
    markers: int = 0


_a, _b = origin.alias("left_end"), origin.alias("right_end")
_END = ("origin_id", "uid", "source", "reference", "entity_type")
_JUDGED = (
    select(
        *COLUMNS,
        *(_a.c[name] for name in _END),
        *(_b.c[name] for name in _END),
        *(
            func.coalesce(column, "")
            for column in (
                proposed.c.proposed_by, confirmed.c.confirmed_by, confirmed.c.confirmed_at, confirmed.c.reason,
                undone.c.undone_by, undone.c.undone_at,
            )
        ),
    )
    .join_from(judgement, decision, decision.c.decision_id == judgement.c.decision_id)
    .join(_a, _a.c.origin_id == judgement.c.left)
    .join(_b, _b.c.origin_id == judgement.c.right)
    .outerjoin(proposed, proposed.c.decision_id == decision.c.decision_id)
    .outerjoin(confirmed, confirmed.c.decision_id == decision.c.decision_id)
    .outerjoin(undone, undone.c.decision_id == decision.c.decision_id)
    .order_by(decision.c.decided_at, decision.c.decision_id, judgement.c.left, judgement.c.right)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdentityView:
    """Reading on one snapshot. ``visible`` is the condition on a record, ``joined`` that both ends of a link record show."""

    connection: Connection
    visible: ColumnElement[bool]
    joined: ColumnElement[bool]

    def to_review(self, entity_type: str = "", source: str = "") -> list[Judged]:
        """What rules were unsure of, and what waits for a second person: at most :data:`MOST`, likeliest first."""
        unsure = and_(judgement.c.verdict == Verdict.UNSURE.value, decision.c.decided_by.like(RULES))
        wanted = _JUDGED.where(or_(unsure, WAITS), ~IS_UNDONE)
        if entity_type:
            wanted = wanted.where(_a.c.entity_type == entity_type)
        if source:
            wanted = wanted.where(or_(_a.c.source == source, _b.c.source == source))
        return self._judged(
            wanted.order_by(None).order_by(judgement.c.score.desc(), judgement.c.left).limit(MOST)
        )

    def by_persons(self) -> list[Judged]:
        """Standing judgements of persons, in order of time."""
        return self._judged(_JUDGED.where(~decision.c.decided_by.like(RULES), ~IS_UNDONE, ~WAITS))

    def between(self, left: Collection[str], right: Collection[str]) -> list[Judged]:
        """All judgements ever made between two sets of origins, in order of time."""
        keys = {"keys": key_list([*left]), "others": key_list([*right])}
        one, other = judgement.c.left, judgement.c.right
        ours, theirs = items_of("keys"), items_of("others")
        wanted = _JUDGED.where(
            or_(and_(one.in_(ours), other.in_(theirs)), and_(one.in_(theirs), other.in_(ours)))
        )
        return self._judged(wanted, keys)

    def of_decision(self, decision_id: str) -> list[Judged]:
        """The judgements of one decision."""
        return self._judged(_JUDGED.where(judgement.c.decision_id == decision_id))

    def touching(self, origins: Collection[str]) -> list[Judged]:
        """All judgements ever made on some origins and any other, in order of time."""
        keys = items_of("keys")
        wanted = _JUDGED.where(or_(judgement.c.left.in_(keys), judgement.c.right.in_(keys)))
        return self._judged(wanted, {"keys": key_list([*origins])})

    def runs(self) -> list[tuple[Judged, int, int]]:
        """The decisions of rules, newest first, each as one of its judgements, with how many joined and how many are unsure."""
        counts: dict[str, list[int]] = {}
        last: dict[str, Judged] = {}
        for one in self._judged(_JUDGED.where(decision.c.decided_by.like(RULES))):
            found = counts.setdefault(one.judgement.decision_id, [0, 0])
            found[one.judgement.verdict is Verdict.UNSURE] += 1
            last[one.judgement.decision_id] = one
        return [(last[name], same, unsure) for name, (same, unsure) in reversed(counts.items())]

    def members(self, uids: Collection[str]) -> list[End]:
        """The visible members of some entities, by id."""
        wanted = select(*(origin.c[name] for name in _END)).where(
            origin.c.uid.in_(items_of("keys")), self._shown(origin)
        )
        rows = self.connection.execute(wanted.order_by(origin.c.origin_id), {"keys": key_list([*uids])})
        return [End(*row) for row in rows]

    def ends(self, origins: Collection[str]) -> dict[str, End]:
        """Some origins, if they are visible."""
        wanted = select(*(origin.c[name] for name in _END)).where(
            origin.c.origin_id.in_(items_of("keys")), self._shown(origin)
        )
        rows = self.connection.execute(wanted, {"keys": key_list([*origins])})
        return {row[0]: End(*row) for row in rows}

    def weights(self, uids: Collection[str]) -> dict[str, Weight]:
        """How much hangs on some entities."""
        keys = {"keys": key_list([*uids])}
        marked = func.sum(record.c.properties.like('%"marker":%').cast(record.c.row.type))
        said = (
            select(origin.c.uid, func.count(), marked)
            .join_from(origin, record, record.c.owner == origin.c.origin_id)
            .where(origin.c.uid.in_(items_of("keys")), self.visible)
            .group_by(origin.c.uid)
        )
        found = {
            uid: [count, 0, 0, int(marks or 0)] for uid, count, marks in self.connection.execute(said, keys)
        }
        for end in (link_origin.c.source_origin, link_origin.c.target_origin):
            links = (
                select(origin.c.uid, link_origin.c.type, func.count(link_origin.c.lid.distinct()))
                .join_from(origin, link_origin, end == origin.c.origin_id)
                .join(record, record.c.owner == link_origin.c.id)
                .where(origin.c.uid.in_(items_of("keys")), self.visible, self.joined)
                .group_by(origin.c.uid, link_origin.c.type)
            )
            for uid, link_type, count in self.connection.execute(links, keys):
                if uid in found:
                    found[uid][1] += count
                    found[uid][2] += count if link_type in GROUP_LINKS else 0
        return {uid: Weight(*counts) for uid, counts in found.items()}

    def fit(self, entity_type: str, tier: str) -> str | None:
        """The weights of the last run over one tier of a type, as a document."""
        wanted = select(fitted.c.document).where(fitted.c.entity_type == entity_type, fitted.c.tier == tier)
        return self.connection.scalar(wanted.order_by(fitted.c.number.desc()).limit(1))

    def _judged(self, wanted: Select[tuple[str, ...]], keys: dict[str, str] | None = None) -> list[Judged]:
        rows: Sequence[tuple[object, ...]] = [
            tuple(row)
            for row in self.connection.execute(wanted.where(self._shown(_a), self._shown(_b)), keys or {})
        ]
        made = made_of(row[:9] for row in rows)
        return [
            Judged(one, End(*map(str, row[9:14])), End(*map(str, row[14:19])), *map(str, row[19:]))
            for one, row in zip(made, rows, strict=True)
        ]

    def _shown(self, item: FromClause) -> ColumnElement[bool]:
        return (
            select(record.c.seq)
            .where(record.c.owner == item.c.origin_id, self.visible)
            .correlate(item)
            .exists()
        )
