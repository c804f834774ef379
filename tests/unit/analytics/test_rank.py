"""Rankings: the graph they are taken of, order, ties, estimates, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.engine import igraph_engine
from analytics.engine.csr import build_csr, csr_from_edges
from analytics.errors import MeasureError, ScopeError
from analytics.measures import MEASURES, measure_named, rank, tally
from analytics.measures.pivots import by_pivots
from graphcore.store.query import ExportQuery
from tests.unit.analytics.memory_view import MemoryView


def view() -> MemoryView:
    """Persons p1-p2-p3 in a line, p4 joined to them only through a phone; p5 alone."""
    made = MemoryView()
    for uid in ("p1", "p2", "p3", "p4", "p5"):
        made.add(uid, caption=uid.upper())
    made.add("f", "Phone")
    made.join("ASSOCIATE_OF", "p1", "p2", records=4)
    made.join("FAMILY_OF", "p1", "p2")
    made.join("ASSOCIATE_OF", "p3", "p2")
    made.join("USES_PHONE", "p3", "f")
    made.join("USES_PHONE", "p4", "f")
    return made


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_measure_ranks_every_entity_and_says_what_it_does_not_say(name: str) -> None:
    ranking = rank(view(), name)
    assert {row.uid for row in ranking.rows} == {"p1", "p2", "p3", "p4", "p5", "f"}
    assert [row.value for row in ranking.rows] == sorted((row.value for row in ranking.rows), reverse=True)
    assert ranking.says
    assert ranking.does_not_say
    assert ranking.method == "exact"
    assert rank(view(), name) == ranking
    assert rank(MemoryView(), name).rows == ()


def test_a_type_means_the_graph_of_that_type_alone() -> None:
    ranking = rank(view(), "degree", "Person")
    assert [(row.rank, row.uid, row.value, row.records) for row in ranking.rows] == [
        (1, "p2", 2.0, 6), (2, "p1", 1.0, 5), (2, "p3", 1.0, 1), (4, "p4", 0.0, 0), (4, "p5", 0.0, 0),
    ]  # fmt: skip
    assert (ranking.entities, ranking.links, ranking.entity_type) == (5, 2, "Person")
    assert rank(view(), "degree", top=2).rows[0].uid == "f"


def test_link_types_narrow_the_graph() -> None:
    ranking = rank(view(), "degree", "Person", {"FAMILY_OF"}, top=3)
    assert [(row.uid, row.value) for row in ranking.rows] == [("p1", 1.0), ("p2", 1.0), ("p3", 0.0)]
    assert ranking.link_types == ("FAMILY_OF",)


def test_direction_counts_for_in_and_out_degree_alone() -> None:
    assert {row.uid: row.value for row in rank(view(), "in_degree").rows}["f"] == 2.0
    assert {row.uid: row.value for row in rank(view(), "out_degree").rows}["f"] == 0.0
    assert {row.uid: row.value for row in rank(view(), "out-degree").rows}["p2"] == 2.0


def test_weighted_degree_counts_records() -> None:
    assert {row.uid: row.value for row in rank(view(), "weighted_degree", "Person").rows}["p1"] == 5.0


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        (("betweeness",), MeasureError, "betweenness"),
        (("degree", "Persn"), ScopeError, "Person"),
        (("degree", None, {"KNOWS"}), ScopeError, "did you mean"),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest_names(
    arguments: tuple[str, ...], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        rank(view(), *arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("top", [0, 10_001])
def test_top_has_bounds(top: int) -> None:
    with pytest.raises(MeasureError, match="top must be"):
        rank(view(), "degree", top=top)


def test_measure_names_are_forgiving_about_case_and_hyphens() -> None:
    assert measure_named(" K-Core ").name == "k_core"


@pytest.mark.parametrize("measure", ["betweenness", "closeness", "harmonic"])
def test_estimates_are_near_say_so_and_repeat(measure: str) -> None:
    rng = np.random.default_rng(3)
    edges = rng.integers(0, 300, (900, 2))
    graph = csr_from_edges(320, edges[:, 0], edges[:, 1], np.ones(900))
    exact, method = by_pivots(measure, graph, 0)  # type: ignore[arg-type]
    assert method == "exact"
    found, method = by_pivots(measure, graph, 5, limit=1, pivots=150)  # type: ignore[arg-type]
    assert method.startswith("estimate from 150 pivots of ")
    assert "seed 5" in method
    assert np.corrcoef(exact, found)[0, 1] > 0.97
    assert abs(found.sum() / exact.sum() - 1) < 0.05
    again, _ = by_pivots(measure, graph, 5, limit=1, pivots=150)  # type: ignore[arg-type]
    assert np.array_equal(found, again)


def test_eigenvector_of_a_pair_does_not_outrank_a_dense_part() -> None:
    made = view()
    graph = build_csr(made.export(ExportQuery()))
    values = igraph_engine.eigenvector(graph)
    assert values.max() == pytest.approx(1.0)
    assert values[ints_of(made, "p5")] == 0.0


def ints_of(made: MemoryView, uid: str) -> int:
    return made.export(ExportQuery()).uids.index(uid)


def test_tally_counts_values_and_the_silent() -> None:
    made = MemoryView()
    made.add("e1", "Event", kind="crime", category="Drugs")
    made.add("e2", "Event", kind="crime", category="Drugs")
    made.add("e3", "Event", kind="crime", category="Arson")
    made.add("e4", "Event", kind="crime")
    made.add("e5", "Event", kind="call", category="Drugs")
    found = tally(made, "Event", "category", kind="crime")
    assert (found.counts, found.entities, found.silent) == ((("Drugs", 2), ("Arson", 1)), 4, 1)
    assert tally(made, "Event", "category").counts[0] == ("Drugs", 3)
    with pytest.raises(ScopeError, match="no property"):
        tally(made, "Event", "colour")
    with pytest.raises(ScopeError, match="no property"):
        tally(made, "Crime", "category")
