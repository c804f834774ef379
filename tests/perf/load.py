"""How long files take to become a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.perf import world
from tests.perf.figure import Figure, rate_figure, time_figure


def embedded_load() -> Iterator[Figure]:
    """The whole POLE set: read, map, clean, ledger, graph, full text."""
    ours = world.embedded()
    counts = ours.view.counts()
    _, peer_s = world.peer_graph()
    note = f"{counts.entities:,} entities, {counts.links:,} links; peer keeps no evidence, index or file"
    yield time_figure(
        "load_pole_embedded_cpu_s", ours.cpu_s, "s CPU", ("csv + networkx in memory", peer_s), note
    )


def neo4j_load() -> Iterator[Figure]:
    """The ledger's states into a real Neo4j, against the same into the embedded store."""
    import time

    ours = world.embedded()
    counts = ours.view.counts()
    start = time.perf_counter()
    ours.workspace.projection(ours.store).rebuild()
    embedded_s = time.perf_counter() - start
    elements = counts.entities + counts.links
    with world.neo4j() as other:
        seen = other.view.counts()
        if (seen.entities, seen.links) != (counts.entities, counts.links):
            raise RuntimeError(
                f"Neo4j holds {seen.entities}/{seen.links}, not {counts.entities}/{counts.links}"
            )
        note = f"{other.wall_s:.1f} s for {elements:,} elements, one writer; peer is our embedded store"
        yield rate_figure(
            "load_pole_neo4j_per_s",
            elements / other.wall_s,
            "elements/s",
            ("embedded rebuild", elements / embedded_s),
            note,
        )


CASES: dict[str, Callable[[], Iterator[Figure]]] = {
    "load_pole_embedded": embedded_load,
    "load_pole_neo4j": neo4j_load,
}
