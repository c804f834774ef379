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


def neo4j_import() -> Iterator[Figure]:
    """The same graph through neo4j-admin's importer: files written, imported, server started, indexes made."""
    import time

    from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
    from graphcore.store.neo4j.bulk import import_into, write_import_files
    from graphcore.store.neo4j.server import ServerSettings, install, start, stop
    from graphcore.store.neo4j.server.probe import free_ports

    ours = world.embedded()
    install()
    bolt, http = free_ports(2)
    settings = ServerSettings(world.folder() / "neo4j-import", bolt_port=bolt, http_port=http)
    begin = time.perf_counter()
    made = write_import_files(ours.workspace.ledger, world.folder() / "import-files")
    written = time.perf_counter()
    import_into(settings, made)
    imported = time.perf_counter()
    server = start(settings)
    store = Neo4jStore(Neo4jSettings(server.uri or "", server.user, server.password()))
    try:
        store.prepare()
        ready = time.perf_counter()
        if store.fingerprint() != ours.store.fingerprint():
            raise RuntimeError("the imported graph is another than the embedded one")
    finally:
        store.close()
        stop(settings.home)
    elements = made.entities + made.links
    with world.neo4j() as other:
        note = f"files {written - begin:.1f} s, import {imported - written:.1f} s, start and indexes {ready - imported:.1f} s"
        yield rate_figure(
            "import_pole_neo4j_per_s",
            elements / (ready - begin),
            "elements/s",
            ("batches into the same server", elements / other.wall_s),
            note,
        )


CASES: dict[str, Callable[[], Iterator[Figure]]] = {
    "load_pole_embedded": embedded_load,
    "load_pole_neo4j": neo4j_load,
    "import_pole_neo4j": neo4j_import,
}
