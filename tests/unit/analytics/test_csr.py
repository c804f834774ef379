"""Simple-graph collapse and incidence: what is dropped, what is added up, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.engine.csr import build_csr, build_incidence, induced, ints
from analytics.errors import EngineError
from graphcore.store.query import ExportQuery
from tests.unit.analytics.memory_view import MemoryView


def view() -> MemoryView:
    made = MemoryView()
    for uid in "abcd":
        made.add(uid)
    made.join("ASSOCIATE_OF", "a", "b", records=2)
    made.join("ASSOCIATE_OF", "b", "a", records=3)
    made.join("FAMILY_OF", "a", "b")
    made.join("ASSOCIATE_OF", "c", "c")
    made.join("EMPLOYS", "b", "c")
    return made


def test_parallel_links_and_direction_are_dropped_and_records_added_up() -> None:
    graph = build_csr(view().export(ExportQuery()))
    assert (graph.n, graph.m, graph.directed) == (4, 2, False)
    assert list(zip(ints(graph.source), ints(graph.target), graph.weight.tolist(), strict=True)) == [
        (0, 1, 6.0), (1, 2, 1.0),
    ]  # fmt: skip
    assert ints(graph.neighbours(1)) == [0, 2]
    assert ints(graph.neighbours(3)) == []
    assert graph.arc_weight.tolist() == [6.0, 6.0, 1.0, 1.0]


def test_direction_is_kept_on_request_and_symmetric_types_run_both_ways() -> None:
    graph = build_csr(view().export(ExportQuery()), directed=True)
    assert list(zip(ints(graph.source), ints(graph.target), strict=True)) == [(0, 1), (1, 0), (1, 2)]


def test_incidence_keeps_every_link_and_a_self_link_once() -> None:
    incidence = build_incidence(view().export(ExportQuery()))
    assert np.diff(incidence.indptr).tolist() == [3, 4, 2, 0]
    start, stop = int(incidence.indptr[1]), int(incidence.indptr[2])
    assert ints(incidence.edge[start:stop]) == [0, 1, 2, 4]
    assert incidence.forward[start:stop].tolist() == [False, True, False, True]


def test_an_empty_view_is_an_empty_graph() -> None:
    graph = build_csr(MemoryView().export(ExportQuery()))
    assert (graph.n, graph.m, graph.indptr.tolist()) == (0, 0, [0])
    assert build_incidence(MemoryView().export(ExportQuery())).n == 0


def test_arrays_that_do_not_fit_are_refused() -> None:
    arrays = view().export(ExportQuery())
    with pytest.raises(EngineError, match=r"outside 0\.\.3"):
        build_csr(replace(arrays, target=arrays.target + 9))
    with pytest.raises(EngineError, match="differ in length"):
        build_incidence(replace(arrays, records=arrays.records[:-1]))


def test_induced_arrays_keep_the_chosen_and_the_links_between_them() -> None:
    arrays = induced(view().export(ExportQuery()), {"b", "c", "nobody"})
    assert (arrays.uids, arrays.captions, len(arrays.lids)) == (("b", "c"), ("b", "c"), 2)
    graph = build_csr(arrays)
    assert (graph.n, ints(graph.source), ints(graph.target)) == (2, [0], [1])
    assert induced(view().export(ExportQuery()), ()).n == 0
