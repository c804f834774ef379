"""Kept arrays: equal rights share them, other rights never meet them, and no change of data or rights outlives a question."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from graphcore.access import Grant, Grantee, Scope
from graphcore.projection import ArrayCache
from graphcore.store.embedded import EmbeddedStore
from graphcore.store.port import GraphStore
from graphcore.store.query import ExportQuery
from tests.contract.world import CLEARED, COVERT, PLAIN, PURPOSE, World, at

QUERY = ExportQuery()


def covert() -> World:
    return (
        World()
        .persons("a", "b", "c")
        .chain("a-b")
        .entity("x", label=COVERT)
        .link("b-x", "b", "x", label=COVERT)
    )


def test_readers_of_equal_rights_share_and_others_do_not(store: GraphStore) -> None:
    covert().into(store)
    mine = store.view(PLAIN).export(QUERY)
    assert store.view(replace(PLAIN, subject="other", organisation="force-b")).export(QUERY) is mine
    theirs = store.view(CLEARED).export(QUERY)
    assert (mine.uids, theirs.uids) == (("a", "b", "c"), ("a", "b", "c", "x"))
    assert store.view(at(PLAIN, 2019)).export(QUERY).uids == ()
    assert store.view(PLAIN).export(ExportQuery(frozenset({"Business"}))).uids == ()
    assert store.view(PLAIN).export(QUERY) is mine


@pytest.mark.catalogue("A26", "A35")
def test_a_change_counts_from_the_next_question_on(store: GraphStore) -> None:
    world = covert()
    world.into(store)
    assert store.view(PLAIN).export(QUERY).n == 3
    world.applied = 2
    world.entity("d").into(store)
    assert store.view(PLAIN).export(QUERY).uids == ("a", "b", "c", "d")
    store.delete_source("register")
    assert store.view(PLAIN).export(QUERY).n == 0
    world.applied = 3
    world.into(store)
    assert store.view(PLAIN).export(QUERY).n == 4
    store.clear()
    assert store.view(PLAIN).export(QUERY).n == 0


@pytest.mark.catalogue("A35")
def test_an_ended_grant_finds_nothing_kept(store: GraphStore) -> None:
    covert().into(store)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    grant = Grant(
        "g", Grantee.SUBJECT, "officer", Scope.COMPARTMENT, "NIGHTJAR", "Larkspur", now + timedelta(days=1)
    )
    reader = replace(PLAIN, purpose=replace(PURPOSE, operation="Larkspur"), grants=(grant,), now=now)
    assert store.view(reader).export(QUERY).uids == ("a", "b", "c", "x")
    late = replace(reader, now=now + timedelta(days=1))
    assert store.view(late).export(QUERY).uids == ("a", "b", "c")
    assert store.view(replace(reader, grants=())).export(QUERY) is store.view(PLAIN).export(QUERY)


def test_another_process_sees_the_change_too(tmp_path) -> None:
    path = tmp_path / "graph.sqlite3"
    one, two = EmbeddedStore(path), EmbeddedStore(path, cache=ArrayCache(max_entries=1))
    one.prepare()
    world = covert()
    world.into(one)
    assert two.view(PLAIN).export(QUERY).n == 3
    world.applied = 2
    world.entity("d").into(one)
    assert two.view(PLAIN).export(QUERY).n == 4
    one.close()
    two.close()


def test_kept_arrays_are_those_of_a_store_without_a_cache(store: GraphStore) -> None:
    covert().into(store)
    kept = [store.view(CLEARED).export(QUERY) for _ in range(2)][1]
    fresh = store.view(replace(CLEARED, as_at=datetime(2090, 1, 1, tzinfo=UTC))).export(QUERY)
    assert kept.uids == fresh.uids
    assert np.array_equal(kept.source, fresh.source)
