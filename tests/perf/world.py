"""What is measured on: the POLE example set where it is beside the project, else the demo city at the same size."""

from __future__ import annotations

import csv
import os
import re
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import networkx as nx

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.store.port import GraphStore, GraphView
from graphcore.workspace import Workspace
from ingest.pipeline import load

POLE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pole_manchester"
READER = AccessContext(
    subject="bench",
    organisation="Bench",
    clearance=Marking.OFFICIAL_SENSITIVE,
    purpose=Purpose(PurposeCode.SYSTEM, "benchmark"),
    may_read_conditional=True,
)


class World:
    """One loaded workspace, and how long the load took."""

    def __init__(self, folder: Path, store_name: str = "embedded") -> None:
        self.workspace = Workspace.open(folder)
        self.store: GraphStore = self.workspace.store(store_name)  # type: ignore[arg-type]
        self.store.prepare()
        wall, cpu = time.perf_counter(), _cpu()
        if store_name == "embedded":
            load(self.workspace, "pole_csv", POLE, store=self.store)
        else:
            self.workspace.projection(self.store).catch_up()
        self.wall_s, self.cpu_s = time.perf_counter() - wall, _cpu() - cpu
        self.view: GraphView = self.store.view(READER)


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


@lru_cache(maxsize=1)
def folder() -> Path:
    """The workspace of this run; removed by the bench when it ends."""
    return Path(tempfile.mkdtemp(prefix="ocb-bench-"))


@lru_cache(maxsize=1)
def embedded() -> World:
    """The POLE set in the embedded store."""
    return World(folder())


@contextmanager
def neo4j() -> Generator[World]:
    """The same ledger projected into a local Neo4j, which is stopped afterwards."""
    from graphcore.store.neo4j.server import ServerSettings, install, start, stop
    from graphcore.store.neo4j.server.probe import free_ports

    embedded()
    install()
    bolt, http = free_ports(2)
    home = folder() / "neo4j"
    start(ServerSettings(home, bolt_port=bolt, http_port=http))
    try:
        yield World(folder(), "neo4j")
    finally:
        stop(home)


@lru_cache(maxsize=1)
def peer_graph() -> tuple[nx.MultiDiGraph, float]:
    """The same files read with csv into networkx, and the CPU seconds that took: what a notebook would do."""
    start = _cpu()
    graph = nx.MultiDiGraph()
    for path in sorted(POLE.glob("*.nodes.*.csv")):
        with path.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                graph.add_node(row.pop(":ID"), **row)
    for path in sorted(POLE.glob("*.relationships.*.csv")):
        with path.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                graph.add_edge(row[":START_ID"], row[":END_ID"], key=row[":TYPE"])
    return graph, _cpu() - start


def words(caption: str) -> str:
    """A caption without what search treats as marks."""
    return re.sub(r"\W+", " ", caption).strip()
