"""What the embedded store keeps of a walk is what it would read anew, and goes with the first change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graphcore.errors import StoreError
from graphcore.store.embedded import EmbeddedStore, kept, visibility
from graphcore.store.query import Direction, ExpandQuery
from tests.contract.test_store_cache import PLAIN, covert
from tests.contract.world import CLEARED, COVERT, LABELS, OPEN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[EmbeddedStore]:
    made = EmbeddedStore(path)
    made.prepare()
    covert().into(made)
    yield made
    made.close()


QUESTIONS = [
    ExpandQuery(hops, direction, limit=limit, per_entity=most)
    for hops in (1, 3)
    for direction in Direction
    for limit, most in ((2, 1), (500, 1), (500, 1_000), (4, 1_000))
]


def test_questions_of_every_limit_are_answered_as_by_a_store_that_keeps_nothing(
    store: EmbeddedStore, path: Path
) -> None:
    for context in (CLEARED, PLAIN):
        for start in ("a", "b", "x"):
            for query in QUESTIONS:
                bare = EmbeddedStore(path)
                assert store.view(context).expand([start], query) == bare.view(context).expand([start], query)
                bare.close()


def test_an_unchanged_neighbourhood_is_the_same_object_and_a_changed_one_is_not(store: EmbeddedStore) -> None:
    query = ExpandQuery(hops=2)
    first = store.view(PLAIN).expand(["a"], query)
    assert store.view(PLAIN).expand(["a"], query) is first
    world = covert()
    world.applied = 2
    world.entity("d").link("d-a", "d", "a").into(store)
    again = store.view(PLAIN).expand(["a"], query)
    assert "d" in {one.uid for one in again.entities}


def test_what_is_held_is_bounded(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_HELD", 3)
    query = ExpandQuery(hops=2)
    first = store.view(PLAIN).expand(["a"], query)
    again = store.view(PLAIN).expand(["a"], query)
    assert again == first
    assert again is not first


def test_which_labels_may_be_seen_is_asked_anew_after_any_commit_of_another(
    store: EmbeddedStore, path: Path
) -> None:
    """A graph that is emptied and built again may number its labels otherwise: what was seen must then be hidden."""
    assert store.view(PLAIN).entity("x") is None
    assert store.view(PLAIN).labels is store.view(replace(PLAIN, subject="other")).labels
    other = EmbeddedStore(path)
    other.clear()
    swapped = {**LABELS, OPEN: LABELS[COVERT], COVERT: LABELS[OPEN]}
    other.write(covert().batch(labels=swapped))
    other.close()
    view = store.view(PLAIN)
    assert [found.uid for found in view.entities(["a", "b", "x"])] == ["x"]
    assert dict(view.labels) == {COVERT: LABELS[OPEN]}


def test_the_labels_of_few_readers_are_held(
    store: EmbeddedStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "MAX_KEPT", 1)
    other = EmbeddedStore(path)
    first, cleared = other.view(PLAIN).labels, other.view(CLEARED).labels
    assert set(first) < set(cleared)
    again = other.view(PLAIN).labels
    other.close()
    assert again == first
    assert again is not first


def test_a_store_that_is_closed_or_has_no_file_opens_no_view(store: EmbeddedStore, tmp_path: Path) -> None:
    assert store.view(PLAIN).counts().entities > 0
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.view(PLAIN)
    missing = EmbeddedStore(tmp_path / "missing.sqlite3")
    with pytest.raises(StoreError, match="cannot be read"):
        missing.view(PLAIN)
    assert not (tmp_path / "missing.sqlite3").exists()
