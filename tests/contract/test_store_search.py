"""Search: words, beginnings, near words, likeness; and that hidden records neither match nor push others out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcore.store.port import GraphStore, GraphView
from graphcore.store.query import SearchQuery
from graphcore.store.ranking import TextQuery, search_text
from tests.contract.world import CLEARED, COVERT, PLAIN, World, at, iso


def found(view: GraphView, text: str, **question: object) -> list[str]:
    page = view.search(SearchQuery(text, **question))  # type: ignore[arg-type]
    assert page.total == len(page.hits)
    assert page.complete
    return [hit.entity.uid for hit in page.hits]


NAMES = {
    "a": "Anna Baker",
    "b": "Anne Bakker",
    "c": "José Núñez O'Brien",
    "d": "Zoë Bäcker-Smith",
    "e": "王小明",
    "f": "محمد خان",
    "g": "Дмитрий Соколов",
    "h": "हिन्दी नाम",
    "i": "Christopher Featherstone",
    "j": "ΓΙΏΡΓΟΣ Παπαδόπουλος",
    "k": "Łukasz Żółty",
}


@pytest.fixture
def names(store: GraphStore) -> GraphView:
    world = World()
    for uid, name in NAMES.items():
        world.entity(uid, caption=name)
    return world.seen(store)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna", ["a", "b"]),
        ("baker anna", ["a", "b"]),
        ("anna nobody", []),
        ("bak", ["a", "b"]),
        ("BAECKER", ["d"]),
        ("jose nunez", ["c"]),
        ("obrien", ["c"]),
        ("o\u2019brien", ["c"]),
        ("smith", ["d"]),
        ("zoe backer", ["d"]),
        ("王小明", ["e"]),
        ("小明", ["e"]),
        ("محمد", ["f"]),
        ("مُحَمَّد", ["f"]),
        ("соколов дмитрий", ["g"]),
        ("हिन्दी", ["h"]),
        ("christofer", ["i"]),
        ("fetherston", ["i"]),
        ("fxthxrston", []),
        ("γιωργος", ["j"]),
        ("lukasz zolty", ["k"]),
        ("", []),
        ("  ?!*\"'() ", []),
    ],
)
def test_words_find_names(names: GraphView, text: str, expected: list[str]) -> None:
    assert found(names, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("anna", ["a"]), ("bakker", ["b"]), ("christofer", []), ("chris", ["i"])]
)
def test_without_fuzzy_words_are_exact_or_beginnings(
    names: GraphView, text: str, expected: list[str]
) -> None:
    assert found(names, text, fuzzy=False) == expected


@pytest.mark.parametrize(
    ("asked", "near", "far"),
    [
        ("abc", [], ["abd"]),
        ("abcd", ["abce", "abdc", "acd", "abcde", "xabcd"], ["abxy", "badc"]),
        ("abcdefg", ["abcdefh", "bacdefg"], ["abcdexy", "bacdegf"]),
        ("abcdefgh", ["abcdefxy", "bacdefhg", "abcdef"], ["abcdexyz"]),
        ("ab12cd", [], ["ab12ce"]),
    ],
)
def test_edits_allowed(store: GraphStore, asked: str, near: list[str], far: list[str]) -> None:
    world = World()
    for word in [asked, *near, *far]:
        world.entity(word)
    assert set(found(world.seen(store), asked)) == {asked, *near}


def test_likeness_orders_then_uid(store: GraphStore) -> None:
    world = World()
    for uid, name in {
        "z": "Kim Lee",
        "y": "Kim Lee",
        "a": "Kim Leeson Park",
        "b": "Lee Kim",
        "c": "Kimberley Lee",
    }.items():
        world.entity(uid, caption=name)
    page = world.seen(store).search(SearchQuery("kim lee"))
    scores = [hit.score for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.entity.uid for hit in page.hits][:3] == ["b", "y", "z"]
    assert scores[0] == 100.0
    assert 0 < scores[-1] < 100


def test_pages_and_types(store: GraphStore) -> None:
    world = World()
    for n in range(7):
        world.entity(f"p{n}", caption="Common Name")
    world.entity("b", "Business", caption="Common Name Ltd", company_number="09999999")
    view = world.seen(store)
    page = view.search(SearchQuery("common", types=frozenset({"Person"}), limit=3, offset=3))
    assert [hit.entity.uid for hit in page.hits] == ["p3", "p4", "p5"]
    assert (page.total, page.complete) == (7, True)
    assert found(view, "common", types=frozenset({"Business"})) == ["b"]
    assert found(view, "common", types=frozenset()) == []
    assert view.search(SearchQuery("common", limit=0)).total == 8


def test_search_properties_of_the_schema_are_found_and_no_others(store: GraphStore) -> None:
    world = World()
    world.entity(
        "b",
        "Business",
        caption="Foam",
        company_number="SC123456",
        address="1 Wash Lane",
        previous_name="Suds",
    )
    view = world.seen(store)
    assert (found(view, "sc123456"), found(view, "suds"), found(view, "wash")) == (["b"], ["b"], [])


def test_all_words_must_stand_in_one_record(store: GraphStore) -> None:
    w = World()
    w.entity("p", "Person", w.say(caption="Ann Archer"), w.say(caption="Bea Butler", name="Bea Butler"))
    view = w.seen(store)
    assert (found(view, "ann archer"), found(view, "butler"), found(view, "ann butler")) == (["p"], ["p"], [])


def test_hidden_and_later_records_do_not_match(store: GraphStore) -> None:
    w = World()
    w.entity(
        "p",
        "Person",
        w.say(caption="Ann Archer"),
        w.say(caption="Falcon", label=COVERT),
        w.say(caption="Heron", known_at=iso(2024)),
    )
    w.entity("q", caption="Falcon", label=COVERT)
    store = w.into(store)
    plain = store.view(PLAIN)
    assert (found(plain, "falcon"), found(plain, "falkon"), found(plain, "fal")) == ([], [], [])
    assert plain.search(SearchQuery("ann")).hits[0].entity.caption == "Ann Archer"
    assert found(store.view(CLEARED), "falcon") == ["p", "q"]
    assert (found(plain, "heron"), found(store.view(at(PLAIN, 2023)), "heron")) == (["p"], [])


def test_hidden_words_push_no_visible_word_out(store: GraphStore) -> None:
    world = World()
    letters = "abcdefghijklmnopqrstuvwxyz"
    for n, (x, y) in enumerate((x, y) for x in letters for y in letters[:8]):
        world.entity(f"h{n:03d}", caption=f"featherston{x}{y}", label=COVERT)
    world.entity("v", caption="feathersto")
    world.entity("w", caption="fetherstone")
    store = world.into(store)
    assert set(found(store.view(PLAIN), "featherston")) == {"v", "w"}
    assert store.view(CLEARED).search(SearchQuery("featherston")).total == 210


@pytest.mark.catalogue("A10")
def test_likeness_comes_from_visible_text_alone(store: GraphStore) -> None:
    w = World()
    w.entity("p", "Person", w.say(caption="Marlow Court Kestrel"), w.say(caption="Marlow", label=COVERT))
    store = w.into(store)
    score = store.view(PLAIN).search(SearchQuery("marlow")).hits[0].score
    assert store.view(CLEARED).search(SearchQuery("marlow")).hits[0].score == 100.0
    assert score < 100.0


def test_a_question_of_thousands_of_words_is_answered(store: GraphStore) -> None:
    view = World().entity("a", caption="word0 word1").seen(store)
    assert view.search(SearchQuery(" ".join(f"word{n}" for n in range(5_000)))).total == 0
    assert view.search(SearchQuery("word0 " * 5_000)).total == 1
    assert view.search(SearchQuery("x" * 200_000)).total == 0


ALPHABET = st.sampled_from("abcdeéßøłÀǅñ 王明कि ा्мйﬁ²٣_-'\u2019.\u0301\u064e\u200bİ\u0131\x00\n")


@given(
    names=st.lists(st.text(ALPHABET, max_size=14), min_size=1, max_size=6),
    asked=st.text(ALPHABET, max_size=9),
    fuzzy=st.booleans(),
)
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_index_finds_what_the_shared_rules_say(
    reference: GraphStore, names: list[str], asked: str, fuzzy: bool
) -> None:
    reference.clear()
    world = World()
    for n, name in enumerate(names):
        world.entity(f"e{n}", caption=name)
    question = TextQuery.of(asked, fuzzy=fuzzy)
    expected = {f"e{n}" for n, name in enumerate(names) if question.matches(search_text("Person", name, {}))}
    page = world.seen(reference).search(SearchQuery(asked, fuzzy=fuzzy))
    assert {hit.entity.uid for hit in page.hits} == expected
