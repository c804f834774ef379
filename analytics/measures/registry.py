"""Every measure the platform ranks by: what it says, what it does not say, and what it costs.

A measure is a function of a simple graph. Figures tell of the records held, not of the world: who is watched more has
more links. That is why every ranking prints the number of records beside the value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

import numpy as np

from analytics.engine import igraph_engine
from analytics.engine.csr import Csr
from analytics.errors import MeasureError
from analytics.measures.pivots import by_pivots
from graphcore.projection.arrays import Float64


@dataclass(frozen=True, slots=True)
class Computed:
    """Values in vertex order, and how they were found ("exact", or which estimate)."""

    values: Float64
    method: str = "exact"


Compute = Callable[[Csr, int], Computed]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. ``compute`` takes a graph and a seed; ``directed``: it wants a directed graph.

    ``cost`` is in vertices n and edges m.
    """

    name: str
    description: str
    says: str
    does_not_say: str
    cost: str
    compute: Compute
    directed: bool = False


def _exact(function: Callable[[Csr], Float64]) -> Compute:
    def compute(graph: Csr, seed: int) -> Computed:
        del seed  # exact
        return Computed(function(graph))

    return compute


def _out_degree(graph: Csr) -> Float64:
    return np.diff(graph.indptr).astype(np.float64)


def _in_degree(graph: Csr) -> Float64:
    return np.bincount(graph.target, minlength=graph.n).astype(np.float64)


def _weighted_degree(graph: Csr) -> Float64:
    ends = np.concatenate([graph.source, graph.target])
    return np.bincount(ends, weights=np.tile(graph.weight, 2), minlength=graph.n).astype(np.float64)


_WATCHED = "Those whom more records name score higher, whatever their part."

_ALL = (
    Measure(
        "degree", "Number of different entities that each one is joined to.",
        "Who is in direct contact with many.", f"Nothing of rank or of the quality of a contact. {_WATCHED}",
        "O(m)", _exact(_out_degree),
    ),
    Measure(
        "in_degree", "Number of different entities with a link that ends here (symmetric links count for both ends).",
        "Where links lead: places of many events, accounts that many pay into.",
        "Nothing where the direction of a link is only the wording of its type.",
        "O(m)", _exact(_in_degree), directed=True,
    ),
    Measure(
        "out_degree", "Number of different entities that a link from here leads to (symmetric links count for both ends).",
        "Who owns, calls, pays or controls many.",
        "Nothing where the direction of a link is only the wording of its type.",
        "O(m)", _exact(_out_degree), directed=True,
    ),
    Measure(
        "weighted_degree", "Number of records behind all links of an entity.",
        "How much is recorded about an entity's contacts: read every other measure beside it.",
        "Importance: it is a measure of attention.", "O(m)", _exact(_weighted_degree),
    ),
    Measure(
        "betweenness", "Number of pairs whose shortest path runs through the entity (shares of it where there are several).",
        "Brokers: who stands between groups, and whose loss would lengthen the way between others.",
        f"Seniority: a careful head keeps out of the middle. One missing link changes it much. {_WATCHED}",
        "O(n m) exact; beyond the stated limit an estimate from 256 pivots",
        lambda graph, seed: Computed(*by_pivots("betweenness", graph, seed)),
    ),
    Measure(
        "pagerank", "Share of time that a walker along links spends at the entity; all values add up to 1.",
        "Who is joined to many that are not joined to everybody.",
        "Influence: on links that are no endorsements it stays close to the number of links.",
        "O(m) a round, some tens of rounds", _exact(igraph_engine.pagerank),
    ),
    Measure(
        "eigenvector", "Being joined to the well-joined: 1 for the entity in the middle of the densest part.",
        "The inner circle of the densest part.",
        "Anything about sparse parts: scores of other components are scaled down by how dense they are.",
        "O(m) a round for each component", _exact(igraph_engine.eigenvector),
    ),
    Measure(
        "closeness", "How near all others are, for entities in small components scaled down (Wasserman and Faust).",
        "Who can reach the rest in few steps.",
        "Much in a small or dense network, where all values lie close together.",
        "O(n m) exact; beyond the stated limit an estimate from 256 pivots",
        lambda graph, seed: Computed(*by_pivots("closeness", graph, seed)),
    ),
    Measure(
        "harmonic", "Mean of 1 over the distance to every other entity; those out of reach count 0.",
        "Who can reach the rest in few steps, comparable between components.",
        "Much in a small or dense network, where all values lie close together.",
        "O(n m) exact; beyond the stated limit an estimate from 256 pivots",
        lambda graph, seed: Computed(*by_pivots("harmonic", graph, seed)),
    ),
    Measure(
        "triangles", "Number of triangles that the entity is a corner of.",
        "Who belongs to close-knit circles, where contacts know each other.",
        "Strength of the circle: three people at one party make a triangle.",
        "O(m^1.5)", _exact(igraph_engine.triangles),
    ),
    Measure(
        "k_core", "Largest k such that the entity is in a group where all have k contacts or more inside it.",
        "Who is in the dense heart of the network.", "Any order inside the heart: many share one value.",
        "O(m)", _exact(igraph_engine.core),
    ),
    Measure(
        "articulation", "Number of additional pieces that the network falls into without the entity.",
        "Brokers without whom somebody is cut off, as far as is recorded.",
        "How large the pieces are, or that no other way exists in the world.",
        "O(n + m)", _exact(igraph_engine.articulation),
    ),
    Measure(
        "clustering", "Share of pairs of an entity's contacts that are joined with each other.",
        "Low values beside a high degree mark those who hold contacts apart.",
        "Anything for those with one contact: they have 0.",
        "O(m^1.5)", _exact(igraph_engine.clustering),
    ),
)  # fmt: skip

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _ALL})


def computed_by(name: str, graph: Csr, seed: int) -> Computed:
    """A measure of a graph, by its name: what another process can be asked for."""
    return measure_named(name).compute(graph, seed)


def measure_named(name: str) -> Measure:
    """The measure of this name; hyphens and capitals do not matter.

    Raises:
        MeasureError: there is none; names the nearest ones.
    """
    key = name.strip().lower().replace("-", "_")
    if key in MEASURES:
        return MEASURES[key]
    near = get_close_matches(key, MEASURES, n=3, cutoff=0.4)
    raise MeasureError(f"no measure {name!r}: the measures are {', '.join(near or MEASURES)}")
