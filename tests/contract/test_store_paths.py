"""Shortest paths: order, looplessness, filters, budgets, and that no path runs through what is hidden."""

from __future__ import annotations

from itertools import pairwise

import pytest

from graphcore.model import TimeSpan
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.query import PathQuery
from tests.contract.world import CLEARED, COVERT, PLAIN, World, at, day, iso


def routes(view: GraphView, source: str, target: str, **question: object) -> list[str]:
    answer = view.paths(source, target, PathQuery(**question))  # type: ignore[arg-type]
    assert not answer.truncated
    for path in answer.paths:
        assert len(path.entities) == len(path.links) + 1
        for here, link, there in zip(path.entities, path.links, path.entities[1:], strict=False):
            assert {link.source, link.target} == {here.uid, there.uid}
    return ["".join(e.uid for e in path.entities) for path in answer.paths]


def maze() -> World:
    w = World().persons(*"abcdefz").entity("x", "Location").entity("h", label=COVERT)
    w.chain("a-b", "b-z", "c-a", "c-z", "a-d", "d-e", "e-z", "a-x", "x-z", "b-c", "a-h", "h-z")
    return w


def test_shortest_in_order_of_length_then_uids(store: GraphStore) -> None:
    view = maze().seen(store, PLAIN)
    assert routes(view, "a", "z") == ["abz"]
    assert routes(view, "a", "z", k=20) == ["abz", "acz", "axz", "abcz", "acbz", "adez"]
    assert routes(view, "z", "a", k=3) == ["zba", "zca", "zxa"]


def test_a_hidden_entity_is_on_no_path(store: GraphStore) -> None:
    store = maze().into(store)
    assert "ahz" in routes(store.view(CLEARED), "a", "z", k=20)
    assert routes(store.view(PLAIN), "h", "z") == []
    assert routes(store.view(PLAIN), "a", "h") == []
    assert routes(store.view(PLAIN), "a", "nobody") == []
    assert routes(store.view(PLAIN), "h", "h") == []


def test_a_path_from_an_entity_to_itself(store: GraphStore) -> None:
    view = maze().seen(store, PLAIN)
    assert routes(view, "a", "a", k=3) == ["a"]


def test_apart(store: GraphStore) -> None:
    view = maze().seen(store, PLAIN)
    assert routes(view, "a", "f", k=3) == []


@pytest.mark.parametrize(("most", "expected"), [(1, []), (2, ["abz", "acz", "axz"]), (3, 6)])
def test_no_path_is_longer_than_asked(store: GraphStore, most: int, expected: list[str] | int) -> None:
    got = routes(maze().seen(store, PLAIN), "a", "z", k=20, max_links=most)
    assert (len(got) if isinstance(expected, int) else got) == expected


def test_avoided_types_may_end_a_path_but_not_carry_it(store: GraphStore) -> None:
    view = maze().seen(store, PLAIN)
    avoid = frozenset({"Location"})
    assert "axz" not in routes(view, "a", "z", k=20, avoid_types=avoid)
    assert routes(view, "a", "x", avoid_types=avoid) == ["ax"]
    assert routes(view, "x", "z", avoid_types=avoid) == ["xz"]
    assert routes(view, "a", "z", avoid_types=frozenset({"Person", "Location"})) == []


def test_link_types_and_time(store: GraphStore) -> None:
    w = World().persons(*"abcz")
    w.link("1", "a", "z", "MENTIONS").link("2", "a", "b", valid_to=iso(2010)).link("3", "b", "z").link(
        "4", "a", "c", "FAMILY_OF"
    )
    w.link("5", "c", "z", "FAMILY_OF", w.say(valid_from=iso(2020)), w.say(label=COVERT, valid_from=iso(2000)))
    store = w.into(store)
    view = store.view(PLAIN)
    family, social = frozenset({"FAMILY_OF"}), frozenset({"FAMILY_OF", "ASSOCIATE_OF"})
    assert routes(view, "a", "z", link_types=family) == ["acz"]
    assert routes(view, "a", "z", k=5, link_types=social) == ["abz", "acz"]
    assert routes(view, "a", "z", k=5, link_types=social, during=TimeSpan(day(2012), day(2013))) == []
    assert routes(
        store.view(CLEARED), "a", "z", link_types=social, during=TimeSpan(day(2012), day(2013))
    ) == ["acz"]
    assert routes(view, "a", "z", link_types=frozenset()) == []


def test_parallel_links_are_one_way_with_the_first_lid(store: GraphStore) -> None:
    w = (
        World()
        .persons(*"ab")
        .link("7", "a", "b")
        .link("3", "b", "a")
        .link("5", "a", "b", "FAMILY_OF")
        .link("1", "a", "b", label=COVERT)
    )
    store = w.into(store)
    for context, lid in ((PLAIN, "3"), (CLEARED, "1")):
        answer = store.view(context).paths("a", "b", PathQuery(k=5))
        assert [[link.lid for link in path.links] for path in answer.paths] == [[lid]]


def test_as_at(store: GraphStore) -> None:
    w = World().persons(*"abz").link("1", "a", "z", known_at=iso(2024)).chain("a-b", "b-z")
    store = w.into(store)
    assert routes(store.view(at(PLAIN, 2023)), "a", "z") == ["abz"]
    assert routes(store.view(PLAIN), "a", "z") == ["az"]
    assert routes(store.view(at(PLAIN, 2019)), "a", "z") == []


def test_the_budget_is_honoured_and_counts_visible_entities_alone(store: GraphStore) -> None:
    w = World().persons("a", "z", *(f"n{i:02d}" for i in range(30)))
    for i in range(30):
        w.link(f"a{i:02d}", "a", f"n{i:02d}")
    w.link("end", "n29", "z")
    for i in range(40):
        w.entity(f"h{i:02d}", label=COVERT).link(f"h{i:02d}", "a", f"h{i:02d}").link(
            f"k{i:02d}", f"h{i:02d}", "z"
        )
    store = w.into(store)
    spent = store.view(PLAIN).paths("a", "z", PathQuery(node_budget=10))
    assert (spent.paths, spent.truncated) == ((), True)
    enough = store.view(PLAIN).paths("a", "z", PathQuery(node_budget=40))
    assert ([len(p.links) for p in enough.paths], enough.truncated) == ([2], False)
    assert store.view(PLAIN).paths("a", "z", PathQuery(node_budget=40)) == enough


def test_a_long_chain(store: GraphStore) -> None:
    uids = [f"n{i:02d}" for i in range(14)]
    w = World().persons(*uids).chain(*(f"{a}-{b}" for a, b in pairwise(uids)))
    view = w.seen(store)
    assert routes(view, "n00", "n12", max_links=12) == ["".join(uids[:13])]
    assert routes(view, "n00", "n12", max_links=11) == []
