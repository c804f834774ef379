"""Neighbourhoods and chains: direction, type, time, limits, and the order in which limits cut."""

from __future__ import annotations

import pytest

from graphcore.model import Neighbourhood, TimeSpan
from graphcore.store.port import GraphStore
from graphcore.store.query import ChainQuery, Direction, ExpandQuery
from tests.contract.world import CLEARED, COVERT, PLAIN, World, at, day, iso, lids, uids

EMPTY = Neighbourhood((), (), (), truncated=False)


def street() -> World:
    """a - b - c - d and decoys: another direction, type, end type, time, label."""
    w = World().persons("a", "b", "c", "d", "away").entity("car", "Vehicle").entity("ghost", label=COVERT)
    w.link("1ab", "a", "b").link("2cb", "c", "b").link("3cd", "c", "d").link(
        "4a-car", "a", "car", "KEEPER_OF"
    )
    w.link("5b-ghost", "b", "ghost").link("6ac-covert", "a", "c", label=COVERT)
    w.link("7a-old", "a", "away", valid_from=iso(2001), valid_to=iso(2002))
    return w.link("8aa", "a", "a", "MENTIONS")


def test_hops(store: GraphStore) -> None:
    view = street().seen(store, PLAIN)
    zero, one, two, six = (view.expand(["a"], ExpandQuery(hops=h)) for h in (0, 1, 2, 6))
    assert (uids(zero), lids(zero), zero.hops) == (["a"], [], (0,))
    assert (uids(one), lids(one), one.hops) == (
        ["a", "away", "b", "car"],
        ["1ab", "4a-car", "7a-old", "8aa"],
        (0, 1, 1, 1),
    )
    assert (uids(two)[-1], two.hops) == ("c", (0, 1, 1, 1, 2))
    assert (uids(six)[-1], lids(six), six.truncated) == (
        "d",
        ["1ab", "2cb", "3cd", "4a-car", "7a-old", "8aa"],
        False,
    )
    assert one.entities[2] == view.entity("b")
    assert one.links[0] == view.link("1ab")


@pytest.mark.parametrize(
    ("direction", "start", "expected"),
    [
        (Direction.OUT, "a", ["1ab", "4a-car", "7a-old", "8aa"]),
        (Direction.IN, "a", ["8aa"]),
        (Direction.OUT, "b", []),
        (Direction.IN, "b", ["1ab", "2cb"]),
        (Direction.BOTH, "b", ["1ab", "2cb"]),
    ],
)
def test_direction(store: GraphStore, direction: Direction, start: str, expected: list[str]) -> None:
    assert lids(street().seen(store, PLAIN).expand([start], ExpandQuery(direction=direction))) == expected


def test_types(store: GraphStore) -> None:
    view = street().seen(store, PLAIN)
    keepers = view.expand(["a"], ExpandQuery(hops=3, link_types=frozenset({"KEEPER_OF"})))
    assert uids(keepers) == ["a", "car"]
    persons = view.expand(["car"], ExpandQuery(hops=3, entity_types=frozenset({"Person"})))
    assert uids(persons) == ["car", "a", "away", "b", "c"]  # the start is there whatever its type
    assert lids(view.expand(["a"], ExpandQuery(link_types=frozenset()))) == []
    assert uids(view.expand(["a"], ExpandQuery(entity_types=frozenset({"Nothing"})))) == ["a"]


def timed() -> World:
    w = World().persons("a", "b", "c", "d", "e", "f")
    w.link("1closed", "a", "b", valid_from=iso(2010), valid_to=iso(2012))
    w.link("2open-end", "a", "c", valid_from=iso(2015))
    w.link("3open-start", "a", "d", valid_to=iso(2005))
    w.link("4always", "a", "e")
    return w.link(
        "5two", "a", "f", "FAMILY_OF",
        w.say(valid_from=iso(2003), valid_to=iso(2004)),
        w.say(valid_from=iso(2018), valid_to=iso(2019)),
        w.say(valid_from=iso(1990), valid_to=iso(2030), label=COVERT),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (day(2011), day(2012), "1 4 5"),  # between the two records of 5: its span covers it
        (day(2012), day(2013), "4 5"),  # an end is not within
        (day(2009), day(2010), "4 5"),  # nor is the end of what is asked
        (day(2009), day(2010, 1, 2), "1 4 5"),
        (day(2004), day(2005), "3 4 5"),
        (day(2005), day(2006), "4 5"),
        (day(2020), None, "2 4"),
        (None, day(2003), "3 4"),
        (None, day(2003, 1, 2), "3 4 5"),
        (None, None, "1 2 3 4 5"),
        (day(2011), day(2011), "1 4 5"),
    ],
)
def test_during(store: GraphStore, start: object, end: object, expected: str) -> None:
    view = timed().seen(store, PLAIN)
    during = TimeSpan(start, end)  # type: ignore[arg-type]
    got = view.expand(["a"], ExpandQuery(during=during))
    assert [lid[0] for lid in lids(got)] == expected.split()
    for lid in ("1closed", "2open-end", "3open-start", "4always", "5two"):
        link = view.link(lid)
        assert link is not None
        span = TimeSpan(*(day(int(t[:4])) if t else None for t in (link.valid_from, link.valid_to)))
        assert (lid in lids(got)) == span.overlaps(during)


def test_hidden_records_do_not_stretch_time(store: GraphStore) -> None:
    store = timed().into(store)
    long_ago = ExpandQuery(during=TimeSpan(day(1995), day(1996)))
    assert "5two" not in lids(store.view(PLAIN).expand(["a"], long_ago))
    assert "5two" in lids(store.view(CLEARED).expand(["a"], long_ago))


def star(spokes: int = 6, hidden: int = 0) -> World:
    w = World().entity("hub")
    for n in range(spokes):
        w.entity(f"s{n}").link(f"l{n}", "hub", f"s{n}")
    for n in range(hidden):
        w.entity(f"h{n}", label=COVERT).link(f"k{n}", "hub", f"h{n}").link(f"a{n}", "hub", "s0", label=COVERT)
    return w


@pytest.mark.parametrize(
    ("limit", "spokes", "cut"),
    [(0, None, True), (1, 0, True), (2, 0, True), (3, 1, True), (12, 5, True), (13, 6, False)],
)
def test_limit_counts_entities_and_links(
    store: GraphStore, limit: int, spokes: int | None, cut: bool
) -> None:
    got = star(hidden=3).seen(store, PLAIN).expand(["hub"], ExpandQuery(limit=limit))
    expected = [] if spokes is None else ["hub", *(f"s{n}" for n in range(spokes))]
    assert (uids(got), got.truncated) == (expected, cut)
    assert len(got.entities) + len(got.links) <= limit


@pytest.mark.parametrize(
    ("most", "expected", "cut"), [(0, [], True), (2, ["l0", "l1"], True), (6, 6, False), (7, 6, False)]
)
def test_per_entity_takes_the_first_links(
    store: GraphStore, most: int, expected: list[str] | int, cut: bool
) -> None:
    got = star(hidden=3).seen(store, PLAIN).expand(["hub"], ExpandQuery(per_entity=most))
    assert (len(got.links) if isinstance(expected, int) else lids(got)) == expected
    assert got.truncated is cut


def test_per_entity_counts_both_directions_together(store: GraphStore) -> None:
    w = (
        World()
        .persons("a", "b", "c", "d")
        .link("4", "a", "b")
        .link("1", "c", "a")
        .link("3", "a", "d")
        .link("2", "d", "a")
    )
    got = w.seen(store).expand(["a"], ExpandQuery(per_entity=3))
    assert (lids(got), uids(got), got.truncated) == (["1", "2", "3"], ["a", "c", "d"], True)


def test_nearest_come_first_when_a_limit_cuts(store: GraphStore) -> None:
    w = World().persons("m", "n", "a1", "z1").link("9", "m", "n").link("8", "n", "a1").link("1", "n", "z1")
    got = w.seen(store).expand(["m"], ExpandQuery(hops=3, limit=5))
    assert (uids(got), lids(got), got.truncated) == (["m", "n", "z1"], ["1", "9"], True)


def test_several_starts(store: GraphStore) -> None:
    view = street().seen(store, PLAIN)
    got = view.expand(["d", "car", "d", "ghost", "unknown"], ExpandQuery())
    assert (uids(got), got.hops, lids(got)) == (["car", "d", "a", "c"], (0, 0, 1, 1), ["3cd", "4a-car"])
    assert view.expand(["b", "a"], ExpandQuery(hops=0, limit=1)) == Neighbourhood(
        view.entities(["a"]), (), (0,), truncated=True
    )


@pytest.mark.parametrize("start", [["ghost"], ["unknown"], [], ["\x00"], ["a' OR '1'='1"]])
def test_hidden_and_unknown_starts_have_no_neighbourhood(store: GraphStore, start: list[str]) -> None:
    view = street().seen(store, PLAIN)
    assert view.expand(start, ExpandQuery(hops=3)) == EMPTY
    assert view.chain((start or [""])[0], ChainQuery(Direction.BOTH)) == EMPTY


def test_as_at_hides_links_and_ends(store: GraphStore) -> None:
    w = (
        World()
        .persons("a", "b")
        .entity("c", known_at=iso(2024))
        .link("ab", "a", "b", known_at=iso(2023))
        .link("ac", "a", "c")
    )
    store = w.into(store)
    assert uids(store.view(at(PLAIN, 2022)).expand(["a"], ExpandQuery())) == ["a"]
    assert uids(store.view(at(PLAIN, 2023)).expand(["a"], ExpandQuery())) == ["a", "b"]
    assert uids(store.view(PLAIN).expand(["a"], ExpandQuery())) == ["a", "b", "c"]


def test_the_way_does_not_run_through_a_hidden_entity(store: GraphStore) -> None:
    w = World().persons("a", "c").entity("b", label=COVERT).chain("a-b", "b-c")
    store = w.into(store)
    assert uids(store.view(PLAIN).expand(["a"], ExpandQuery(hops=3))) == ["a"]
    assert uids(store.view(CLEARED).expand(["a"], ExpandQuery(hops=3))) == ["a", "b", "c"]


def owners() -> World:
    """top -> mid -> low, a second owner of low, a circle low -> loop -> mid, and decoys."""
    w = World().entity("person").persons("officer", "covert-owner")
    for uid in ("top", "mid", "low", "loop"):
        w.entity(uid, "Business")
    w.link("1", "person", "top", "PSC_OF", share_min=75, share_max=100).link(
        "2", "top", "mid", "OWNS", share_min=50.5
    )
    w.link("3", "mid", "low", "OWNS").link("4", "person", "low", "CONTROLS", valid_to=iso(2015))
    w.link("5", "low", "loop", "OWNS").link("6", "loop", "mid", "OWNS")
    w.link("7", "officer", "low", "OFFICER_OF").link("8", "covert-owner", "low", "OWNS", label=COVERT)
    return w


def test_chain_climbs_to_owners_and_walks_circles_once(store: GraphStore) -> None:
    view = owners().seen(store, PLAIN)
    up = view.chain("low", ChainQuery(Direction.IN))
    assert (uids(up), up.hops) == (["low", "mid", "person", "loop", "top"], (0, 1, 1, 2, 2))
    assert (lids(up), up.truncated) == (["1", "2", "3", "4", "5", "6"], False)
    share = up.links[0]
    assert (share.first("share_min"), share.first("share_max")) == (75, 100)
    later = view.chain("low", ChainQuery(Direction.IN, during=TimeSpan(day(2016))))
    assert (lids(later), later.hops[-1]) == (["1", "2", "3", "5", "6"], 3)


def test_chain_goes_down(store: GraphStore) -> None:
    view = owners().seen(store, PLAIN)
    down = view.chain("person", ChainQuery(Direction.OUT))
    assert uids(down) == ["person", "low", "top", "loop", "mid"]
    officers = view.chain("officer", ChainQuery(Direction.OUT, link_types=frozenset({"OFFICER_OF"})))
    assert uids(officers) == ["officer", "low"]


@pytest.mark.parametrize(
    ("depth", "expected", "cut"), [(0, 1, True), (1, 3, True), (2, 5, True), (3, 5, False)]
)
def test_chain_says_where_it_goes_on_below_its_depth(
    store: GraphStore, depth: int, expected: int, cut: bool
) -> None:
    up = owners().seen(store, PLAIN).chain("low", ChainQuery(Direction.IN, max_depth=depth))
    assert (len(up.entities), up.truncated) == (expected, cut)


def test_chain_limit(store: GraphStore) -> None:
    view = owners().seen(store, PLAIN)
    assert not view.chain("low", ChainQuery(Direction.IN, limit=11)).truncated
    cut = view.chain("low", ChainQuery(Direction.IN, limit=10))
    assert cut.truncated
    assert len(cut.entities) + len(cut.links) == 10


def test_a_hidden_owner_shows_to_the_cleared_alone(store: GraphStore) -> None:
    store = owners().into(store)
    assert "covert-owner" not in uids(store.view(PLAIN).chain("low", ChainQuery(Direction.IN)))
    assert "covert-owner" in uids(store.view(CLEARED).chain("low", ChainQuery(Direction.IN)))
