"""Heavy questions of one caller while another asks 200 at once: how much longer they take."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx

from api.auth import AuthService, NewAccount, Role
from graphcore.access import Marking
from graphcore.audit.log import utc_now
from tests.perf import world
from tests.perf.figure import Figure, milliseconds, percentile, time_figure
from tests.perf.serving import server

ASKED, PARALLEL = 20, 200
QUESTION = "/v1/communities"
FLOOD = """
import asyncio, os, sys, httpx
async def one(client, ready):
    while True:
        answer = await client.get(sys.argv[2])
        ready.set()
        await asyncio.sleep(float(answer.headers.get("retry-after", 0)))
async def main():
    headers = {"Authorization": "Bearer " + os.environ["TOKEN"], "X-Purpose": "investigation", "X-Purpose-Reason": "x"}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=sys.argv[1], headers=headers, timeout=120, limits=limits) as client:
        ready = asyncio.Event()
        tasks = [asyncio.create_task(one(client, ready)) for _ in range(int(sys.argv[3]))]
        await ready.wait()
        print("ready", flush=True)
        await asyncio.gather(*tasks)
asyncio.run(main())
"""


@contextmanager
def _flood(address: str) -> Generator[None]:
    """Another subject, who keeps 200 heavy questions in the air and waits as long as it is told to."""
    workspace = world.embedded().workspace
    auth = AuthService(workspace.folder, workspace.audit, utc_now)
    profile = NewAccount("flood", "Bench", frozenset({Role.READER}), Marking.OFFICIAL_SENSITIVE)
    auth.create_account(profile, "only-for-the-bench-2", by="bench")
    token = auth.issue_token("flood", "bench", timedelta(hours=1), by="bench")
    auth.close()
    command = [sys.executable, "-c", FLOOD, address, QUESTION, str(PARALLEL)]
    environment = {**os.environ, "TOKEN": token}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise RuntimeError("the flood did not begin")
            yield
        finally:
            process.kill()


def fair() -> Iterator[Figure]:
    """p95 of one caller's heavy questions beside a flood of another's, against the same questions alone."""
    with server() as client:
        for _ in range(3):
            _ask(client)
        alone = [milliseconds(lambda: _ask(client)) for _ in range(ASKED)]
        with _flood(str(client.base_url)):
            beside = [milliseconds(lambda: _ask(client)) for _ in range(ASKED)]
    note = f"{PARALLEL} communities at once of one subject; server, flood and caller share two cores; ratio wants 0.5 or more"
    peer = ("the same questions alone", percentile(alone, 95))
    yield time_figure("api_heavy_beside_flood_p95_ms", percentile(beside, 95), "ms", peer, note)


def _ask(client: httpx.Client) -> None:
    answer = client.get(QUESTION)
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")


CASES: dict[str, Callable[[], Iterator[Figure]]] = {"api_fair": fair}
