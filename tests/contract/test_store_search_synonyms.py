"""Synonyms in a search: every store finds them, as whole words side by side, and hidden records stay hidden."""

from __future__ import annotations

import pytest

from graphcore.lexicon import expand, shipped
from graphcore.store.port import GraphStore
from graphcore.store.query import SearchQuery
from tests.contract.world import CLEARED, COVERT, PLAIN, World

NAMES = {
    "a": "Suds Hand Car Wash",
    "b": "Suds Carwash Ltd",
    "c": "Suds Valeting",
    "d": "Suds Washing of a Car Hand",
    "e": "Suds Car Wash",
}


@pytest.fixture
def world(store: GraphStore) -> World:
    made = World()
    for uid, name in NAMES.items():
        made.entity(uid, caption=name)
    made.seen(store)
    return made


def found(store: GraphStore, text: str, synonyms: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    page = store.view(PLAIN).search(SearchQuery(text, fuzzy=False, synonyms=synonyms))
    assert page.total == len(page.hits)
    return sorted(hit.entity.uid for hit in page.hits)


def test_without_synonyms_only_the_words(store: GraphStore, world: World) -> None:
    assert found(store, "car wash", ()) == ["a", "d", "e"]


def test_a_synonym_of_one_word_and_of_several(store: GraphStore, world: World) -> None:
    wide = (("car wash", ("carwash", "hand car wash", "valeting")),)
    assert found(store, "car wash", wide) == ["a", "b", "c", "d", "e"]
    assert found(store, "suds car wash", wide) == ["a", "b", "c", "d", "e"]
    assert found(store, "nobody car wash", wide) == []
    assert found(store, "valeting", (("valeting", ("hand car wash",)),)) == ["a", "c"]


def test_what_was_typed_comes_before_what_was_added(store: GraphStore, world: World) -> None:
    query = SearchQuery("suds valeting", synonyms=(("valeting", ("car wash",)),))
    page = store.view(PLAIN).search(query)
    assert page.hits[0].entity.uid == "c"
    assert page.hits[0].score == 100.0
    assert page.hits[1].entity.uid == "e"
    assert page.hits[1].score == 90.0


def test_a_synonym_that_is_no_phrase_of_the_question_changes_nothing(store: GraphStore, world: World) -> None:
    assert found(store, "valeting", (("nothing", ("suds",)), ("valeting", ("!!",)))) == ["c"]


def test_the_shipped_lexicon_widens_a_search(store: GraphStore, world: World) -> None:
    query, added = expand(shipped(), SearchQuery("valeting", fuzzy=False))
    assert added
    assert sorted(hit.entity.uid for hit in store.view(PLAIN).search(query).hits) == ["a", "b", "c", "e"]


def test_hidden_records_are_not_found_through_synonyms(store: GraphStore) -> None:
    world = World()
    world.entity("x", caption="Nothing here")
    world.entity("x", caption="Suds Valeting", label=COVERT)
    world.seen(store)
    query = SearchQuery("carwash", synonyms=(("carwash", ("valeting",)),))
    assert store.view(PLAIN).search(query).total == 0
    assert store.view(CLEARED).search(query).total == 1
