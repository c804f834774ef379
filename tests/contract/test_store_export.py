"""Export: a view as arrays, aligned and ordered, with nothing of what is hidden."""

from __future__ import annotations

import math

import numpy as np

from graphcore.store.port import GraphStore
from graphcore.store.query import ExportQuery
from tests.contract.world import CLEARED, COVERT, PLAIN, SENSITIVE, World, at, iso


def market() -> World:
    w = (
        World()
        .persons("p2", "p1")
        .entity("b", "Business", caption="Foam")
        .entity("acc1", "Account")
        .entity("acc2", "Account")
    )
    w.entity("ghost", label=COVERT).entity(
        "mixed",
        "Person",
        w.say(caption="Secret Name", label=COVERT),
        w.say(caption=""),
        w.say(caption="Open Name"),
    )
    w.link(
        "own", "p1", "b", "PSC_OF",
        w.say(label=COVERT, share_min=100, share_max=100, valid_from=iso(1999)),
        w.say(share_max=50.0, valid_from=iso(2001), valid_to=iso(2010)),
        w.say(share_min=(25, 30), share_max=75, valid_from=iso(1970), valid_to=iso(2012)),
    )  # fmt: skip
    w.link(
        "pay",
        "acc1",
        "acc2",
        "PAYS",
        w.say(reference="x"),
        w.say(amount_pence=1250, valid_from="2026-03-01T09:30:00.250000Z"),
    )
    w.link("again", "acc1", "acc2", "PAYS", amount_pence=99).link(
        "self", "p1", "p1", "MENTIONS", amount_pence=5, duration_s=7
    )
    return w.link("to-ghost", "p1", "ghost").link("hidden", "p1", "p2", label=SENSITIVE)


def test_arrays_of_a_view(store: GraphStore) -> None:
    arrays = market().seen(store, PLAIN).export(ExportQuery())
    assert arrays.uids == ("acc1", "acc2", "b", "mixed", "p1", "p2")
    assert arrays.captions == ("acc1", "acc2", "Foam", "Open Name", "p1", "p2")
    assert arrays.entity_types == ("Account", "Business", "Person")
    assert arrays.kinds.tolist() == [0, 0, 1, 2, 2, 2]
    assert arrays.lids == ("again", "own", "pay", "self")
    assert arrays.link_types == ("MENTIONS", "PAYS", "PSC_OF")
    assert arrays.link_kinds.tolist() == [1, 2, 1, 0]
    assert (arrays.source.tolist(), arrays.target.tolist()) == ([0, 4, 0, 4], [1, 2, 1, 4])
    assert arrays.records.tolist() == [1, 2, 2, 1]
    np.testing.assert_array_equal(arrays.valid_from, [-math.inf, 0.0, -math.inf, -math.inf])
    np.testing.assert_array_equal(arrays.valid_to, [math.inf, 1325376000.0, math.inf, math.inf])
    np.testing.assert_array_equal(arrays.share_min, [math.nan, 25.0, math.nan, math.nan])
    np.testing.assert_array_equal(arrays.share_max, [math.nan, 50.0, math.nan, math.nan])
    np.testing.assert_array_equal(arrays.amount, [99.0, math.nan, 1250.0, math.nan])
    assert (arrays.n, arrays.m) == (6, 4)
    assert [a.dtype for a in (arrays.kinds, arrays.source, arrays.records, arrays.valid_from)] == [
        np.int16,
        np.int32,
        np.int32,
        np.float64,
    ]


def test_a_cleared_view_has_more(store: GraphStore) -> None:
    arrays = market().seen(store, CLEARED).export(ExportQuery())
    assert (arrays.n, arrays.lids) == (7, ("again", "hidden", "own", "pay", "self", "to-ghost"))
    own = arrays.lids.index("own")
    assert (arrays.records[own], arrays.share_min[own], arrays.share_max[own]) == (3, 100.0, 100.0)
    assert arrays.valid_from[own] == 0.0
    assert math.isinf(arrays.valid_to[own])
    assert arrays.captions[arrays.uids.index("mixed")] == "Secret Name"


def test_types_bound_the_export_and_links_stay_inside(store: GraphStore) -> None:
    view = market().seen(store, PLAIN)
    persons = view.export(ExportQuery(entity_types=frozenset({"Person"})))
    assert (persons.uids, persons.lids, persons.entity_types) == (
        ("mixed", "p1", "p2"),
        ("self",),
        ("Person",),
    )
    pays = view.export(ExportQuery(link_types=frozenset({"PAYS"})))
    assert (pays.n, pays.lids, pays.link_types) == (6, ("again", "pay"), ("PAYS",))
    nothing = view.export(ExportQuery(entity_types=frozenset()))
    assert (nothing.n, nothing.m, nothing.entity_types, nothing.link_types) == (0, 0, (), ())
    assert nothing.valid_from.shape == (0,)


def test_as_at(store: GraphStore) -> None:
    w = World().persons("a", "b").entity("c", known_at=iso(2024))
    w.link("ab", "a", "b", "FAMILY_OF", w.say(), w.say(known_at=iso(2024))).link("ac", "a", "c")
    store = w.into(store)
    then, now = store.view(at(PLAIN, 2023)).export(ExportQuery()), store.view(PLAIN).export(ExportQuery())
    assert (then.uids, then.lids, then.records.tolist()) == (("a", "b"), ("ab",), [1])
    assert (now.uids, now.lids, now.records.tolist()) == (("a", "b", "c"), ("ab", "ac"), [2, 1])


def test_an_empty_view_is_empty_arrays(store: GraphStore) -> None:
    arrays = World().entity("x", label=COVERT).seen(store, PLAIN).export(ExportQuery())
    assert (arrays.n, arrays.m, arrays.uids, arrays.lids) == (0, 0, (), ())
