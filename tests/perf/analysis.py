"""Measures, paths and search, against networkx and rapidfuzz on the same graph."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import networkx as nx
from rapidfuzz import fuzz, process

from analytics.engine import igraph_engine, networkx_engine
from analytics.engine.csr import build_csr
from graphcore.store.query import ExpandQuery, ExportQuery, PathQuery, SearchQuery
from tests.perf import world
from tests.perf.figure import Figure, milliseconds, percentile, time_figure


def measures() -> Iterator[Figure]:
    """The engine against networkx, both through the same port, on the people and on the whole graph."""
    view = world.embedded().view
    people = build_csr(view.export(ExportQuery(frozenset({"Person"}))))
    whole = build_csr(view.export(ExportQuery()))
    for name, graph, call in (
        ("betweenness_people", people, "betweenness"),
        ("core_whole", whole, "core"),
        ("triangles_whole", whole, "triangles"),
    ):
        ours = min(milliseconds(lambda g=graph, c=call: getattr(igraph_engine, c)(g)) for _ in range(3))
        peer = milliseconds(lambda g=graph, c=call: getattr(networkx_engine, c)(g))
        yield time_figure(
            f"{name}_ms", ours, "ms", ("networkx", peer), f"{graph.n:,} vertices, {graph.m:,} edges"
        )
    ours = min(milliseconds(lambda: igraph_engine.pagerank(whole)) for _ in range(3))
    simple = nx.Graph(world.peer_graph()[0])
    peer = milliseconds(lambda: nx.pagerank(simple))
    yield time_figure("pagerank_whole_ms", ours, "ms", ("networkx with scipy", peer), "simple graph")
    ours = milliseconds(lambda: igraph_engine.communities(whole, seed=1))
    peer = milliseconds(lambda: networkx_engine.communities(whole, seed=1))
    yield time_figure("communities_whole_ms", ours, "ms", ("networkx Louvain", peer), "Leiden, one seed")


def export() -> Iterator[Figure]:
    """The view as arrays."""
    view = world.embedded().view
    ours = min(milliseconds(lambda: view.export(ExportQuery())) for _ in range(3))
    graph, _ = world.peer_graph()
    peer = milliseconds(lambda: nx.to_scipy_sparse_array(graph))
    yield time_figure(
        "export_ms",
        ours,
        "ms",
        ("networkx to_scipy_sparse_array", peer),
        "access filter, uids, types, times, shares",
    )


def paths() -> Iterator[Figure]:
    """Shortest path between random people."""
    ours, graph = world.embedded(), world.peer_graph()[0].to_undirected(as_view=True)
    people = [e.uid for e in ours.view.iter_entities("Person")]
    nodes = [n for n, kind in graph.nodes(data=":LABEL") if kind == "Person"]
    choose = random.Random(1)
    pairs = [choose.sample(range(len(people)), 2) for _ in range(60)]
    mine = [
        milliseconds(lambda a=a, b=b: ours.view.paths(people[a], people[b], PathQuery())) for a, b in pairs
    ]
    peer = [milliseconds(lambda a=a, b=b: _path(graph, nodes[a], nodes[b])) for a, b in pairs]
    note = "all link types, areas included; SQL on disk against dicts in memory"
    yield time_figure(
        "shortest_path_p50_ms", percentile(mine, 50), "ms", ("networkx", percentile(peer, 50)), note
    )
    yield time_figure(
        "shortest_path_p95_ms", percentile(mine, 95), "ms", ("networkx", percentile(peer, 95)), note
    )


def _path(graph: nx.Graph, a: str, b: str) -> list[str] | None:
    try:
        return nx.bidirectional_shortest_path(graph, a, b)
    except nx.NetworkXNoPath:
        return None


def expand() -> Iterator[Figure]:
    """Two hops around random people, at most 500 elements, in process."""
    ours, graph = world.embedded(), world.peer_graph()[0].to_undirected(as_view=True)
    people = [e.uid for e in ours.view.iter_entities("Person")]
    nodes = [n for n, kind in graph.nodes(data=":LABEL") if kind == "Person"]
    choose = random.Random(2)
    picks = [choose.randrange(len(people)) for _ in range(150)]
    query = ExpandQuery(hops=2, limit=500)
    mine = [milliseconds(lambda p=p: ours.view.expand([people[p]], query)) for p in picks]
    peer = [milliseconds(lambda p=p: nx.ego_graph(graph, nodes[p], 2)) for p in picks]
    yield time_figure(
        "expand_2_hops_p95_ms",
        percentile(mine, 95),
        "ms",
        ("networkx ego_graph", percentile(peer, 95)),
        "limit 500",
    )


def search() -> Iterator[Figure]:
    """Names of people, one letter wrong, against a scan with rapidfuzz."""
    view = world.embedded().view
    captions = [e.caption for e in view.iter_entities()]
    names = [e.caption for e in view.iter_entities("Person")][:100]
    wrong = [name[:2] + "x" + name[3:] if len(name) > 4 else name for name in names]
    mine = [milliseconds(lambda n=n: view.search(SearchQuery(world.words(n)))) for n in wrong]
    peer = [
        milliseconds(lambda n=n: process.extract(n, captions, scorer=fuzz.ratio, limit=20))
        for n in wrong[:20]
    ]
    note = f"fuzzy, over {len(captions):,} entities with their access filter"
    yield time_figure(
        "search_fuzzy_p95_ms",
        percentile(mine, 95),
        "ms",
        ("rapidfuzz scan of captions", percentile(peer, 95)),
        note,
    )


CASES: dict[str, Callable[[], Iterator[Figure]]] = {
    "measures": measures,
    "export": export,
    "paths": paths,
    "expand": expand,
    "search": search,
}
