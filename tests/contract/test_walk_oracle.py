"""The shared walks against networkx and against brute force, on random small graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcore.store.query import ChainQuery, Direction, ExpandQuery, PathQuery
from graphcore.store.walk import Fetch, Step, chain_reach, expand_reach, shortest_paths

NODES = tuple("abcdefghij")
edges = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=26)


def fetch_of(pairs: Sequence[tuple[str, str]], log: list[str] | None = None) -> Fetch:
    def fetch(uids: Sequence[str], per_entity: int | None) -> Mapping[str, Sequence[Step]]:
        if log is not None:
            log.extend(uids)
        found: dict[str, list[Step]] = {uid: [] for uid in uids}
        for n, (a, b) in enumerate(pairs):
            if a in found:
                found[a].append(Step(f"l{n:02d}", b))
            if b in found and a != b:
                found[b].append(Step(f"l{n:02d}", a))
        return {uid: steps[:per_entity] for uid, steps in found.items() if steps}

    return fetch


def every_path(pairs: Sequence[tuple[str, str]], most: int) -> list[tuple[str, ...]]:
    graph = nx.Graph([(a, b) for a, b in pairs if a != b])
    graph.add_nodes_from(NODES)
    paths = (tuple(p) for p in nx.all_simple_paths(graph, "a", "j", cutoff=most))
    return sorted(paths, key=lambda path: (len(path), path))


@given(pairs=edges, k=st.integers(1, 12), most=st.integers(1, 9))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_k_shortest_paths_are_those_of_brute_force(pairs: list[tuple[str, str]], k: int, most: int) -> None:
    log: list[str] = []
    routes, truncated = shortest_paths("a", "j", PathQuery(k=k, max_links=most), fetch_of(pairs, log))
    assert [route.uids for route in routes] == every_path(pairs, most)[:k]
    assert not truncated
    assert len(log) == len(set(log))  # each entity is fetched once
    for route in routes:
        for a, lid, b in zip(route.uids, route.lids, route.uids[1:], strict=False):
            assert lid == min(f"l{n:02d}" for n, pair in enumerate(pairs) if set(pair) == {a, b})


@given(pairs=edges, k=st.integers(1, 6), budget=st.integers(1, 10))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_spent_budget_gives_a_prefix_and_says_so(pairs: list[tuple[str, str]], k: int, budget: int) -> None:
    routes, truncated = shortest_paths("a", "j", PathQuery(k=k, node_budget=budget), fetch_of(pairs))
    full = every_path(pairs, 8)[:k]
    assert [route.uids for route in routes] == full[: len(routes)]
    assert truncated or len(routes) == len(full)


@given(pairs=edges, hops=st.integers(0, 4))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_expand_without_limits_is_breadth_first(pairs: list[tuple[str, str]], hops: int) -> None:
    reach = expand_reach(["c", "a", "c"], ExpandQuery(hops=hops, limit=10**6), fetch_of(pairs))
    graph = nx.MultiGraph(pairs)
    graph.add_nodes_from(NODES)
    at = {}
    for start in ("a", "c"):
        for uid, hop in nx.single_source_shortest_path_length(graph, start, cutoff=hops).items():
            at[uid] = min(hop, at.get(uid, hop))
    assert reach.hops == at
    assert list(reach.hops) == sorted(at, key=lambda uid: (at[uid], uid))
    assert reach.lids == {
        f"l{n:02d}" for n, pair in enumerate(pairs) if any(at.get(uid, hops) < hops for uid in pair)
    }
    assert not reach.truncated


@given(pairs=edges, limit=st.integers(0, 20), per_entity=st.integers(0, 4))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_limits_hold_and_are_said(pairs: list[tuple[str, str]], limit: int, per_entity: int) -> None:
    query = ExpandQuery(hops=3, limit=limit, per_entity=per_entity)
    reach = expand_reach(["a"], query, fetch_of(pairs))
    whole = expand_reach(["a"], ExpandQuery(hops=3, limit=10**6), fetch_of(pairs))
    assert reach.size <= limit
    assert set(reach.hops) <= set(whole.hops)
    assert reach.lids <= whole.lids
    assert reach.truncated or (reach.hops, reach.lids) == (whole.hops, whole.lids)


@given(pairs=edges, depth=st.integers(0, 4))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_chain_says_whether_it_goes_on(pairs: list[tuple[str, str]], depth: int) -> None:
    reach = chain_reach("a", ChainQuery(Direction.BOTH, max_depth=depth, limit=10**6), fetch_of(pairs))
    deeper = chain_reach("a", ChainQuery(Direction.BOTH, max_depth=depth + 1, limit=10**6), fetch_of(pairs))
    assert reach.truncated == (deeper.lids != reach.lids)
