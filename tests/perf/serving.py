"""The server as a separate process, asked over loopback: client and server share the two cores."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import networkx as nx
import orjson

from api.auth import AuthService, NewAccount, Role
from graphcore.access import Marking
from graphcore.audit.log import utc_now
from tests.perf import world
from tests.perf.figure import Figure, milliseconds, percentile, rate_figure, time_figure

ASKED = 300


@contextmanager
def server() -> Generator[httpx.Client]:
    """``ocb serve`` on the loaded workspace, and a client with a token and a purpose."""
    workspace = world.embedded().workspace
    auth = AuthService(workspace.folder, workspace.audit, utc_now)
    auth.create_account(
        NewAccount(
            "bench", "Bench", frozenset({Role.READER}), Marking.OFFICIAL_SENSITIVE, may_read_conditional=True
        ),
        "only-for-the-bench-1",
        by="bench",
    )
    token = auth.issue_token("bench", "bench", timedelta(hours=1), by="bench")
    auth.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ocb = Path(sys.executable).with_name("ocb")
    process = subprocess.Popen(
        [str(ocb), "--workspace", str(workspace.folder), "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OCB_RATE": "1000000"},  # one caller asks for everybody
    )
    headers = {
        "Authorization": f"Bearer {token}",
        "X-Purpose": "investigation",
        "X-Purpose-Reason": "benchmark",
    }
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30)
    try:
        _wait(client, process)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(timeout=20)


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"ocb serve ended with {process.returncode}")
        try:
            if client.get("/v1/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError("ocb serve does not answer")


def ego() -> Iterator[Figure]:
    """Two hops around random people, at most 500 elements, through HTTP, audit, access filter and JSON."""
    people = [e.uid for e in world.embedded().view.iter_entities("Person")]
    graph = world.peer_graph()[0].to_undirected(as_view=True)
    nodes = [n for n, kind in graph.nodes(data=":LABEL") if kind == "Person"]
    choose = random.Random(3)
    picks = [choose.randrange(len(people)) for _ in range(ASKED)]
    with server() as client:

        def ask(pick: int) -> None:
            answer = client.get(f"/v1/entities/{people[pick]}/neighbours", params={"hops": 2, "limit": 500})
            if answer.status_code != 200:
                raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")

        for pick in picks[:20]:
            ask(pick)
        start = time.perf_counter()
        mine = [milliseconds(lambda p=pick: ask(p)) for pick in picks]
        rate = ASKED / (time.perf_counter() - start)
    begin = time.perf_counter()
    peer = [milliseconds(lambda p=pick: _peer(graph, nodes[p])) for pick in picks]
    peer_rate = ASKED / (time.perf_counter() - begin)
    note = "one caller; audit intent row written to disk before each answer; peer is in process, no HTTP, no audit"
    name = "networkx ego_graph + orjson"
    yield time_figure("api_ego_2_hops_p50_ms", percentile(mine, 50), "ms", (name, percentile(peer, 50)), note)
    yield time_figure("api_ego_2_hops_p95_ms", percentile(mine, 95), "ms", (name, percentile(peer, 95)), note)
    yield rate_figure("api_ego_per_s", rate, "requests/s", (name, peer_rate), note)


def _peer(graph: nx.Graph, node: str) -> bytes:
    near = nx.ego_graph(graph, node, 2)
    return orjson.dumps(
        {"nodes": [dict(near.nodes[n]) for n in near], "edges": list(near.edges())}, default=str
    )


CASES: dict[str, Callable[[], Iterator[Figure]]] = {"api_ego": ego}
