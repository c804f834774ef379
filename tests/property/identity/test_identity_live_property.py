"""One by one comes to the same end as all at once, in any order; a person's "different" holds; undoing brings back what was."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.resolution.blocking import Budget
from analytics.resolution.comparer import Comparer
from analytics.resolution.decide import decide
from analytics.resolution.freeze import frozen, standing_of, write_frozen
from analytics.resolution.live import KINDS, live_decision, match_new
from analytics.resolution.model import likeness
from analytics.resolution.run import rule_decision
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from graphcore.evidence.ledger import Ledger
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Judgement, Verdict
from graphcore.identity.live import LiveBook
from graphcore.model.ids import IdMaker
from graphcore.store.embedded import EmbeddedStore
from tests.unit.resolution.resolution_kit import decision, judged

WHO = AccessContext(
    "system", "Northmere", Marking.OFFICIAL_SENSITIVE, Purpose(PurposeCode.SYSTEM, "resolution")
)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GIVEN = ["William", "Bill", "Walter", "Susan", "W", "Ada", "Edith"]
FAMILIES = ["Thistlewick", "Thistelwick", "Emberwick", "Dappleholt"]
Person = dict[str, str]
people = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.builds("{} {}".format, st.sampled_from(GIVEN), st.sampled_from(FAMILIES)),
            "birth_date": st.sampled_from(["", "1980", "1980-04", "1980-04-09", "1980-09-04", "1955-12-30"]),
            "phone": st.sampled_from(["", "+447700900123", "+447700900124", "+447700900133"]),
            "postcode": st.sampled_from(["", "NM3 4XY", "EQ1 1AA"]),
            "address": st.sampled_from(["", "12 Tollgate Road", "9 Heron Lane"]),
        }
    ),
    min_size=3,
    max_size=16,
)


class World:
    """A ledger of persons and its graph, in one file."""

    def __init__(self, ledger: Ledger, store: EmbeddedStore) -> None:
        self.ledger, self.store = ledger, store
        self.store.prepare()
        self.batch = self.ledger.begin_batch("alpha", "f.csv", "hash", "m1")
        self.book, self.live = IdentityBook(self.ledger), LiveBook(self.ledger, self.store)
        self.came = 0

    @property
    def view(self) -> EvidenceView:
        """All that is there."""
        return self.ledger.view(WHO)

    def records(self) -> list[OriginRecords]:
        """What the sources say of persons, ascending by id."""
        return [*self.view.iter_origins("Person")]

    def add(self, several: Sequence[tuple[str, Person]]) -> None:
        """Records that nobody has matched."""
        self.came += len(several)
        self.ledger.append(self.batch, [_record(key, said) for key, said in several], (), self.came)

    def fit(self, *, every_pair: bool) -> None:
        """A run: joins, and what it leaves for later."""
        records = self.records()
        few = Budget() if every_pair else Budget(cap=6, a_record=0, least=60, all_pairs=0)
        comparer = Comparer(KINDS["Person"], records, budget=few)
        outcome, made = decide(comparer), rule_decision("run", NOON)
        self.book.judge(
            [
                Judgement(records[a].origin_id, records[b].origin_id, Verdict.SAME, made, likeness(bits))
                for a, b, bits in outcome.joined
            ]
        )
        with self.ledger.deciding() as deciding:
            numbers = np.array([record.first_seq for record in records], dtype=np.int64)
            write_frozen(deciding.standing(), frozen(comparer, "Person"), numbers, self.came, deciding.now)

    def match(self, key: str, said: Person) -> None:
        """One record comes and is matched, in one transaction."""
        self.came += 1
        made = live_decision(f"live {key}", NOON + timedelta(seconds=self.came))
        self.live.append(
            self.batch, [_record(key, said)], self.came, lambda deciding: match_new(deciding, self.view, made)
        )

    def entities(self) -> set[frozenset[str]]:
        """References that are one entity."""
        found: dict[str, set[str]] = {}
        for record in self.records():
            found.setdefault(record.uid, set()).add(record.reference)
        return {frozenset(one) for one in found.values()}

    def at_once(self) -> set[frozenset[str]]:
        """What a run with the standing fit makes of everything."""
        records = self.records()
        with self.ledger.looking() as deciding:
            index = deciding.standing()
            fit = index.fit("Person")
            assert fit is not None
            standing = standing_of(index, fit)
        outcome = decide(Comparer(KINDS["Person"], records, weights=standing))
        joined = [frozenset(records[at].reference for at in members) for members in outcome.clusters]
        alone = {record.reference for record in records} - {key for one in joined for key in one}
        return {*joined, *(frozenset([key]) for key in alone)}


def _record(key: str, said: Person) -> EntityRecord:
    properties = {name: (value,) for name, value in said.items() if value}
    return EntityRecord(OriginRef("alpha", "Person", key), "", properties, Evidence(Lineage("f.csv", 1)))


@contextmanager
def a_world() -> Generator[World]:
    """One whose ids are the same every time: among equals their order decides."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        ledger, store = (
            Ledger.open(path, IdMaker(b"0123456789abcdef"), clock=lambda: NOON),
            EmbeddedStore(path),
        )
        try:
            yield World(ledger, store)
        finally:
            store.close()
            ledger.close()


@settings(max_examples=12, deadline=None)
@given(people, people, st.booleans(), st.randoms(use_true_random=False))
def test_one_by_one_and_all_at_once_come_to_the_same(
    before: list[Person], after: list[Person], every_pair: bool, rng: object
) -> None:
    later = [(f"b{at:02d}", said) for at, said in enumerate(after)]
    mixed = list(later)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    ends: list[set[frozenset[str]]] = []
    for order in (later, mixed):
        with a_world() as world:
            world.add([(f"a{at:02d}", said) for at, said in enumerate(before)])
            world.fit(every_pair=every_pair)
            for key, said in order:
                world.match(key, said)
            ends.append(world.entities())
            assert ends[-1] == world.at_once()
            assert (
                world.store.applied() == world.ledger.last_outbox()
            )  # the graph came in the same transactions
    assert ends[0] == ends[1]


@settings(max_examples=10, deadline=None)
@given(people, people, st.data())
def test_a_person_s_different_is_not_overruled(
    before: list[Person], after: list[Person], data: st.DataObject
) -> None:
    with a_world() as world:
        world.add([(f"a{at:02d}", said) for at, said in enumerate(before)])
        world.fit(every_pair=True)
        left, right = data.draw(
            st.lists(st.sampled_from(range(len(before))), min_size=2, max_size=2, unique=True)
        )
        keys = {record.reference: record.origin_id for record in world.records()}
        one, other = keys[f"a{left:02d}"], keys[f"a{right:02d}"]
        said = decision("click", at=NOON + timedelta(microseconds=1))
        world.book.judge([judged(one, other, Verdict.DIFFERENT, said)])
        for at, person in enumerate(after):
            world.match(f"b{at:02d}", person)
            uid = {record.origin_id: record.uid for record in world.records()}
            assert uid[one] != uid[other]


@settings(max_examples=8, deadline=None)
@given(people, people)
def test_undoing_each_match_brings_back_what_was(before: list[Person], after: list[Person]) -> None:
    with a_world() as world:
        world.add([(f"a{at:02d}", said) for at, said in enumerate(before)])
        world.fit(every_pair=True)
        states = [world.entities()]
        keys = [f"b{at:02d}" for at in range(len(after))]
        for key, said in zip(keys, after, strict=True):
            world.match(key, said)
            states.append(world.entities())
        for at in range(len(keys) - 1, -1, -1):
            if any(one.decision_id == f"live {keys[at]}" for one in world.book.standing()):
                world.book.undo(f"live {keys[at]}", undone_by="analyst")
            alone = {frozenset([key]) for key in keys[at:]}
            assert world.entities() == states[at] | alone
