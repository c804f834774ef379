"""Computing in processes of their own: the same figures, the others not kept waiting, and no child left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from analytics.engine import apart
from analytics.engine.csr import Csr, csr_from_edges
from analytics.errors import ComputingEndedError, EngineError
from analytics.measures.communities import _grouped
from analytics.measures.registry import computed_by


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[apart.Child]]:
    monkeypatch.setattr(apart, "LARGE", 10)
    apart.use(2)
    yield apart._processes[0]._all
    apart.use(0)


def graph(n: int = 60, m: int = 200) -> Csr:
    rng = np.random.default_rng(3)
    ends = rng.integers(0, n, (2, m))
    return csr_from_edges(n, ends[0], ends[1], np.ones(m))


def held(graph: Csr, seconds: float) -> int:
    """Keeps whoever computes it busy; gives the process that did."""
    del graph
    time.sleep(seconds)
    return os.getpid()


def fails(graph: Csr) -> None:
    raise EngineError(f"{graph.n} vertices are too few")


def test_figures_are_those_that_are_computed_here(children: list[apart.Child]) -> None:
    one = graph()
    labels, modularity = apart.compute(_grouped, one, 0, 1.0)
    here, there = _grouped(one, 0, 1.0), (labels, modularity)
    np.testing.assert_array_equal(here[0], there[0])
    assert here[1] == there[1]
    for name in ("pagerank", "betweenness", "k_core"):
        found = apart.compute(computed_by, name, one, 0)
        np.testing.assert_array_equal(found.values, computed_by(name, one, 0).values)
    assert apart.compute(held, one, 0.0) != os.getpid()


def test_small_graphs_and_programs_without_processes_compute_here(
    children: list[apart.Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "LARGE", 10_000)
    assert apart.compute(held, graph(), 0.0) == os.getpid()
    monkeypatch.setattr(apart, "LARGE", 10)
    apart.use(0)
    assert apart.compute(held, graph(), 0.0) == os.getpid()


@pytest.mark.catalogue("L08")
def test_two_questions_run_side_by_side_and_a_third_waits(children: list[apart.Child]) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(apart.compute(held, graph(), 0.3))) for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert len(found) == 3
    assert len({*found}) == 2


def test_an_error_is_the_askers_and_the_process_goes_on(children: list[apart.Child]) -> None:
    first = apart.compute(held, graph(), 0.0)
    with pytest.raises(EngineError, match="60 vertices"):
        apart.compute(fails, graph())
    assert apart.compute(held, graph(), 0.0) == first


def test_a_process_that_is_killed_is_told_and_replaced(children: list[apart.Child]) -> None:
    process = apart.compute(held, graph(), 0.0)
    threading.Timer(0.2, os.kill, (process, signal.SIGKILL)).start()
    with pytest.raises(ComputingEndedError, match="ask again"):
        apart.compute(held, graph(), 10.0)
    assert apart.compute(held, graph(), 0.0) != process


def test_no_child_outlives_its_use(children: list[apart.Child]) -> None:
    process = apart.compute(held, graph(), 0.0)
    apart.use(0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
