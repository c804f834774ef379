"""What access costs: a filtered view against the same question on a whole one, the forms of the rules, the cache."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import orjson

from analytics.measures import rank
from graphcore.access import AccessContext, AccessLabel, shipped_rules
from graphcore.access.filter import Column, Filter
from graphcore.access.forms import LabelTable, SqlShape, sql_condition
from graphcore.store.embedded import EmbeddedStore
from graphcore.store.port import GraphView
from graphcore.store.query import ExpandQuery, ExportQuery
from graphcore.store.state import Assertion, EntityState, GraphBatch, LinkState
from tests.perf import world
from tests.perf.figure import Figure, milliseconds, percentile, rate_figure, time_figure
from tests.worlds.access_cases import label, reader

OPEN, COVERT = 1, 2
LABELS = {OPEN: AccessLabel(), COVERT: AccessLabel(compartment="COVERT")}
SECRET_SHARE = 0.05
READER = replace(world.READER, compartments=frozenset())
WHOLE = replace(world.READER, compartments=frozenset({"COVERT"}))


@lru_cache(maxsize=1)
def stores() -> tuple[EmbeddedStore, EmbeddedStore]:
    """Two graphs: one with a twentieth of its records in a compartment, and the one that a barred reader sees of it."""
    random.seed(5)
    source = world.embedded().view
    entities = {e.uid: e for e in source.iter_entities()}
    arrays = source.export(ExportQuery())
    hidden = {uid for uid in entities if random.random() < SECRET_SHARE}
    mixed = EmbeddedStore(world.folder() / "mixed.sqlite3")
    bare = EmbeddedStore(world.folder() / "bare.sqlite3")
    states = [
        EntityState(uid, e.type, (_said(uid, COVERT if uid in hidden else OPEN, e.caption),))
        for uid, e in entities.items()
    ]
    links = [
        LinkState(lid, arrays.link_types[kind], arrays.uids[a], arrays.uids[b], (_said(lid, OPEN),))
        for lid, kind, a, b in zip(
            arrays.lids,
            arrays.link_kinds.tolist(),
            arrays.source.tolist(),
            arrays.target.tolist(),
            strict=True,
        )
    ]
    seen = [s for s in states if s.uid not in hidden]
    joined = [k for k in links if k.source not in hidden and k.target not in hidden]
    for store, all_entities, all_links in ((mixed, states, links), (bare, seen, joined)):
        store.prepare()
        for at in range(0, len(all_entities), 5_000):
            store.write(GraphBatch(1, tuple(all_entities[at : at + 5_000]), labels=LABELS))
        for at in range(0, len(all_links), 5_000):
            store.write(GraphBatch(1, (), tuple(all_links[at : at + 5_000]), labels=LABELS))
    return mixed, bare


def _said(rid: str, number: int, caption: str = "") -> Assertion:
    return Assertion(
        rid, 1, rid, "pole", number, "2020-01-01T00:00:00.000000Z", {"name": (caption or rid,)}, "", caption
    )


def ego() -> Iterator[Figure]:
    """Two hops around the same people: what a barred reader asks of the mixed graph, and of one that holds nothing else."""
    mixed, bare = stores()
    filtered, unfiltered = mixed.view(READER), bare.view(READER)
    people = [e.uid for e in unfiltered.iter_entities("Person")]
    picks = random.Random(3).sample(people, 150)
    query = ExpandQuery(hops=2, limit=500)
    mine, peer = _turns(lambda view, uid: view.expand([uid], query), filtered, unfiltered, picks)
    assert [e.uid for e in filtered.expand(picks[:1], query).entities] == [
        e.uid for e in unfiltered.expand(picks[:1], query).entities
    ]
    note = "same answers; one record in twenty hidden"
    for at in (50, 95):
        yield time_figure(
            f"ego_filtered_p{at}_ms",
            percentile(mine, at),
            "ms",
            ("unfiltered, same graph", percentile(peer, at)),
            note,
        )


def _turns(
    ask: Callable[[GraphView, str], object], filtered: GraphView, unfiltered: GraphView, picks: list[str]
) -> tuple[list[float], list[float]]:
    """Times of both, in turns, so that what else the machine does falls on both alike."""
    mine: list[float] = []
    peer: list[float] = []
    for uid in [*picks[:10], *picks]:
        for store in stores():
            store._kept.clear()  # what is asked for is the walk, not what is kept of the last one
        mine.append(milliseconds(lambda u=uid: ask(filtered, u)))
        peer.append(milliseconds(lambda u=uid: ask(unfiltered, u)))
    return mine[10:], peer[10:]


def centrality() -> Iterator[Figure]:
    """PageRank of a barred reader's view, as a request makes it: filtered against unfiltered, kept against not kept."""
    mixed, bare = stores()
    times: dict[str, list[float]] = {"filtered": [], "unfiltered": [], "cold": [], "cold unfiltered": []}
    for _ in range(7):
        for name, store in (("cold", mixed), ("cold unfiltered", bare)):
            store._cache.clear()
            times[name].append(milliseconds(lambda s=store: rank(s.view(READER), "pagerank")))
        for name, store in (("filtered", mixed), ("unfiltered", bare)):
            times[name].append(milliseconds(lambda s=store: rank(s.view(READER), "pagerank")))
    best = {name: min(values) for name, values in times.items()}
    yield time_figure(
        "centrality_filtered_ms",
        best["filtered"],
        "ms",
        ("unfiltered, same graph", best["unfiltered"]),
        "arrays kept",
    )
    yield time_figure(
        "centrality_filtered_first_ms", best["cold"], "ms", ("unfiltered, first too", best["cold unfiltered"]),
        "arrays made for this question",
    )  # fmt: skip
    yield time_figure(
        "centrality_kept_ms",
        best["filtered"],
        "ms",
        ("same question, arrays not kept", best["cold"]),
        "pagerank",
    )
    kept = min(milliseconds(lambda: mixed.view(READER).export(ExportQuery())) for _ in range(5))
    mixed._cache.clear()
    made = milliseconds(lambda: mixed.view(READER).export(ExportQuery()))
    yield time_figure("export_kept_ms", kept, "ms", ("not kept", made), "view and arrays")


def forms() -> Iterator[Figure]:
    """100,000 random cases in every form: equal, and at which rate."""
    rng = random.Random(11)
    labels = {n: label(rng) for n in range(1, 501)}
    readers: list[AccessContext] = [reader(rng) for _ in range(200)]
    started = time.perf_counter()
    filters = [shipped_rules().readable(one) for one in readers]
    compiled = (time.perf_counter() - started) / len(readers) * 1e6
    table, rows = LabelTable(labels), _rows(labels)
    table.mask(filters[0])
    rates: dict[str, float] = {}
    answers: dict[str, list[tuple[int, ...]]] = {}
    for name, ask in (
        ("function", lambda f: tuple(n for n, one in labels.items() if not f.denied(one))),
        ("mask", table.allowed),
        ("sql", lambda f: _by_sql(rows, f)),
    ):
        started = time.perf_counter()
        answers[name] = [ask(f) for f in filters]
        rates[name] = len(labels) * len(filters) / (time.perf_counter() - started)
    assert answers["function"] == answers["mask"] == answers["sql"]
    for name in ("mask", "sql"):
        note = "labels a second; 100,000 random cases, equal in all"
        yield rate_figure(
            f"rules_{name}_per_s", rates[name], "labels/s", ("function with reasons", rates["function"]), note
        )
    yield time_figure(
        "rules_settled_us",
        compiled,
        "us",
        ("none", None),
        "the rules for a reader who is new to them; kept after",
    )


SHAPE = SqlShape(
    {Column.HANDLING: "scheme || ' ' || code", **{c: str(c) for c in Column if c is not Column.HANDLING}}
)


def _rows(labels: Mapping[int, AccessLabel]) -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", cached_statements=256)
    made.execute(
        "CREATE TABLE l (number, marking, scheme, code, conditions, compartment, originator, retention, pointer)"
    )
    made.executemany(
        "INSERT INTO l VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(n, o.marking, o.handling_scheme, o.handling_code, orjson.dumps(o.handling_conditions).decode(), o.compartment,
          o.originator, o.retention, o.pointer) for n, o in labels.items()],
    )  # fmt: skip
    return made


def _by_sql(rows: sqlite3.Connection, filter_: Filter) -> tuple[int, ...]:
    condition, parameters = sql_condition(filter_, SHAPE)
    found = rows.execute(
        "SELECT number FROM l WHERE CONDITION ORDER BY number".replace("CONDITION", condition), parameters
    )
    return tuple(number for (number,) in found)


CASES: dict[str, Callable[[], Iterator[Figure]]] = {
    "access_ego": ego,
    "access_centrality": centrality,
    "access_rules": forms,
}
