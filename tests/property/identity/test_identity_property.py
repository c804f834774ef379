"""Identity, whatever the judgements: order changes nothing, "different" holds, undoing gives back what was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.resolution.comparer import Comparer
from analytics.resolution.decide import decide
from analytics.resolution.persons import PERSONS
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from graphcore.evidence.ledger import Ledger
from graphcore.identity.book import IdentityBook
from graphcore.identity.clusters import effective, is_rule, partition
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.model.ids import IdMaker
from graphcore.store.project import Projection
from tests.unit.ledger.ledger_kit import StrictStore
from tests.unit.resolution.resolution_kit import person

IDS = IdMaker(b"0123456789abcdef")
DAY = datetime(2026, 3, 1, tzinfo=UTC)
ORIGINS = [f"o{at}" for at in range(7)]
FIRST = {origin: at for at, origin in enumerate(ORIGINS)}


@st.composite
def a_judgement(draw: st.DrawFn, origins: list[str]) -> Judgement:
    left, right = sorted(draw(st.lists(st.sampled_from(origins), min_size=2, max_size=2, unique=True)))
    number = draw(st.integers(0, 5))
    by = f"rule:{number}" if number % 2 else f"analyst {number}"
    made = Decision(f"d{number}", by, "because", DAY + timedelta(days=number))
    score = draw(st.sampled_from([None, 0.2, 0.5, 0.9]))
    return Judgement(left, right, draw(st.sampled_from(Verdict)), made, score)


def judgements(origins: list[str]) -> st.SearchStrategy[list[Judgement]]:
    """Several, at most one on a pair by one decision, as in the ledger."""
    return st.lists(
        a_judgement(origins), max_size=14, unique_by=lambda one: (one.left, one.right, one.decision_id)
    )


@given(judgements(ORIGINS), st.randoms(use_true_random=False))
def test_the_order_of_judgements_changes_nothing(made: list[Judgement], rng: object) -> None:
    shuffled = list(made)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert partition(FIRST, shuffled) == partition(FIRST, made)


@given(judgements(ORIGINS))
def test_a_person_s_different_is_never_overruled(made: list[Judgement]) -> None:
    placed = partition(FIRST, made)
    for judgement in effective(made).values():
        if judgement.verdict is Verdict.DIFFERENT and not is_rule(judgement.decision):
            assert placed[judgement.left] != placed[judgement.right]


@given(judgements(ORIGINS))
def test_the_canonical_origin_is_the_first_of_its_cluster(made: list[Judgement]) -> None:
    placed = partition(FIRST, made)
    for origin, uid in placed.items():
        assert placed[uid] == uid
        assert FIRST[uid] <= FIRST[origin]


@given(judgements(ORIGINS))
def test_without_same_nobody_is_joined(made: list[Judgement]) -> None:
    without = [judgement for judgement in made if judgement.verdict is not Verdict.SAME]
    assert partition(FIRST, without) == {origin: origin for origin in ORIGINS}


def open_ledger(folder: str) -> tuple[Ledger, list[str]]:
    ledger = Ledger.open(Path(folder) / "ledger.sqlite3", IDS, clock=lambda: DAY)
    refs = [OriginRef("alpha", "Person", origin) for origin in ORIGINS]
    records = [
        EntityRecord(ref, "", {"name": (ref.reference,)}, Evidence(Lineage("f.csv", 1))) for ref in refs
    ]
    batch = ledger.begin_batch("alpha", "f.csv", "hash", "m1")
    ledger.append(batch, records, (), len(records))
    ledger.finish_batch(batch)
    return ledger, [IDS.origin("alpha", "Person", origin) for origin in ORIGINS]


KEYS = [IDS.origin("alpha", "Person", origin) for origin in ORIGINS]
ORDER = {key: at for at, key in enumerate(KEYS)}


@settings(max_examples=25, deadline=None)
@given(judgements(KEYS))
def test_undoing_each_decision_in_any_order_gives_back_what_was(made: list[Judgement]) -> None:
    with TemporaryDirectory() as folder:
        ledger, keys = open_ledger(folder)
        book = IdentityBook(ledger)
        states = [{place.origin_id: place.uid for place in ledger.clusters(keys)}]
        names = sorted({judgement.decision_id for judgement in made})
        for name in names:
            book.judge([judgement for judgement in made if judgement.decision_id == name])
            states.append({place.origin_id: place.uid for place in ledger.clusters(keys)})
        first = {place.origin_id: place.first_seq for place in ledger.clusters(keys)}
        assert states[-1] == partition(first, made)
        for at in range(len(names) - 1, -1, -1):
            book.undo(names[at], undone_by="analyst")
            assert {place.origin_id: place.uid for place in ledger.clusters(keys)} == states[at]
        ledger.close()


@settings(max_examples=15, deadline=None)
@given(judgements(KEYS), st.sets(st.sampled_from(KEYS), min_size=1, max_size=3))
def test_a_split_parts_what_goes_keeps_the_rest_and_no_rule_undoes_it(
    made: list[Judgement], out: set[str]
) -> None:
    with TemporaryDirectory() as folder:
        ledger, keys = open_ledger(folder)
        book = IdentityBook(ledger)
        book.judge([one for one in made if one.verdict is not Verdict.DIFFERENT])
        for place in ledger.clusters(keys):
            members = {other.origin_id for other in ledger.clusters(keys) if other.uid == place.uid}
            gone, stay = members & out, members - out
            if gone and stay:
                break
        else:
            ledger.close()
            return
        before = {place.origin_id: place.uid for place in ledger.clusters(keys)}
        split = Decision("split", "reviewer", "two men", DAY + timedelta(days=100))
        book.split(sorted(gone), sorted(stay), split)
        rules = Decision("rules", "rule:later", "alike", DAY + timedelta(days=200))
        pairs = [tuple(sorted((one, other))) for one in gone for other in stay]
        book.judge([Judgement(left, right, Verdict.SAME, rules, 1.0) for left, right in pairs])
        after = {place.origin_id: place.uid for place in ledger.clusters(keys)}
        assert len({after[one] for one in stay}) == 1
        assert not {after[one] for one in stay} & {after[one] for one in gone}
        first = min(members, key=ORDER.__getitem__)
        assert after[first] == before[first], "whoever keeps the first member keeps the id"
        others = set(keys) - members
        assert {key: after[key] for key in others} == {key: before[key] for key in others}
        book.undo("rules", undone_by="reviewer")
        book.undo("split", undone_by="reviewer")
        assert {place.origin_id: place.uid for place in ledger.clusters(keys)} == before
        ledger.close()


@settings(max_examples=15, deadline=None)
@given(judgements(KEYS))
def test_joining_and_parting_restore_the_graph_byte_for_byte(made: list[Judgement]) -> None:
    with TemporaryDirectory() as folder:
        ledger, _ = open_ledger(folder)
        book, store = IdentityBook(ledger), StrictStore()
        projection = Projection(ledger, store)
        projection.catch_up()
        before = store.fingerprint()
        for name in sorted({judgement.decision_id for judgement in made}):
            book.judge([judgement for judgement in made if judgement.decision_id == name])
            projection.catch_up()
        for name in sorted({judgement.decision_id for judgement in made}):
            book.undo(name, undone_by="analyst")
            projection.catch_up()
        assert store.fingerprint() == before
        ledger.close()


GIVEN_NAMES = ["William", "Bill", "Walter", "Susan", "W", "Ada"]
FAMILIES = ["Thistlewick", "Thistelwick", "Emberwick"]
a_person = st.fixed_dictionaries(
    {
        "name": st.builds("{} {}".format, st.sampled_from(GIVEN_NAMES), st.sampled_from(FAMILIES)),
        "birth_date": st.sampled_from(["", "1980", "1980-04", "1980-04-09", "1980-09-04", "1955-12-30"]),
        "phone": st.sampled_from(["", "+447700900123", "+447700900124"]),
        "postcode": st.sampled_from(["", "NM3 4XY", "EQ1 1AA"]),
        "address": st.sampled_from(["", "12 Tollgate Road", "9 Heron Lane"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(a_person, min_size=2, max_size=14), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_no_cluster(people: list[dict[str, str]], rng: object) -> None:
    rows = [person(f"k{at:02d}", **said) for at, said in enumerate(people)]
    mixed = list(rows)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    found: list[set[frozenset[str]]] = []
    for several in (rows, mixed):
        ordered = sorted(several, key=lambda row: row.origin_id)
        outcome = decide(Comparer(PERSONS, ordered))
        found.append({frozenset(ordered[at].origin_id for at in members) for members in outcome.clusters})
    assert found[0] == found[1]
