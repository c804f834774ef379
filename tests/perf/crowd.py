"""A hundred connections that ask for charts of 500 elements at once; client and server share the two cores."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from tests.perf import world
from tests.perf.figure import Figure, percentile, rate_figure, time_figure
from tests.perf.serving import server

CONNECTIONS, ELEMENTS, CHARTS = 100, 500, 200
WARM_S, ASKED_S = 4.0, 10.0


@dataclass(slots=True)
class Crowd:
    """What the connections ask, and what they have got since they are being counted."""

    requests: list[bytes]
    counting: bool = False
    over: bool = False
    waits: list[float] = field(default_factory=list[float])
    statuses: Counter[int] = field(default_factory=Counter[int])
    answered: int = 0  # bytes


class Caller(asyncio.Protocol):
    """One connection of HTTP/1.1 that asks again as soon as it has its whole answer; httpx alone would fill a core."""

    def __init__(self, crowd: Crowd, place: int) -> None:
        self._crowd, self._place = crowd, place
        self._head, self._left, self._status = bytearray(), 0, 0
        self._asked = 0.0
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Count what comes; nothing is asked before the answer of the last question is whole."""
        if self._left:
            self._left -= len(data)
        else:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._head[:end]).lower()
            self._status = int(head[9:12])
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            self._left = length - (len(self._head) - end - 4)
            self._head.clear()
            self._crowd.answered += length
        if self._left == 0:
            self._told()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up: an error, unless it is over."""
        if not self.ended.done():
            self._crowd.statuses[0] += 1
            self.ended.set_result(None)

    def _ask(self) -> None:
        self._place = (self._place + CONNECTIONS + 1) % len(self._crowd.requests)
        self._asked = time.perf_counter()
        self._transport.write(self._crowd.requests[self._place])

    def _told(self) -> None:
        crowd = self._crowd
        if crowd.counting:
            crowd.waits.append((time.perf_counter() - self._asked) * 1000)
            crowd.statuses[self._status] += 1
        if not crowd.over:
            self._ask()
            return
        self.ended.set_result(None)
        self._transport.close()


async def ask_together(host: str, port: int, crowd: Crowd) -> float:
    """Let everybody ask, count after a while; returns the seconds that were counted."""
    loop = asyncio.get_running_loop()
    callers: list[Caller] = []
    for place in range(CONNECTIONS):
        caller = Caller(crowd, place)
        callers.append(caller)
        await loop.create_connection(lambda one=caller: one, host, port)
    await asyncio.sleep(WARM_S)
    crowd.counting, begun = True, time.perf_counter()
    await asyncio.sleep(ASKED_S)
    crowd.counting, crowd.over = False, True
    took = time.perf_counter() - begun
    await asyncio.wait([caller.ended for caller in callers], timeout=30)
    return took


def charts() -> list[str]:
    """Addresses of charts of exactly ``ELEMENTS`` elements, each around another person."""
    people = [e.uid for e in world.embedded().view.iter_entities("Person")]
    chosen = random.Random(5).sample(people, CHARTS)
    return [f"/v1/entities/{uid}/neighbours?hops=3&limit={ELEMENTS}" for uid in chosen]


def crowd() -> Iterator[Figure]:
    """Rate and p95 of charts of 500 elements, through HTTP, sign-in, both audit rows, access filter and JSON."""
    with server() as client:
        addresses = [one for one in charts() if _whole(client, one)]
        told = "".join(
            f"{name}: {value}\r\n" for name, value in client.headers.items() if name != "connection"
        )
        lines = f"Host: {client.base_url.host}\r\n{told}\r\n"
        crowd = Crowd([f"GET {one} HTTP/1.1\r\n{lines}".encode() for one in addresses])
        took = asyncio.run(ask_together(client.base_url.host, client.base_url.port or 80, crowd))
    if set(crowd.statuses) != {200}:
        raise RuntimeError(f"not every answer was 200: {dict(crowd.statuses)}")
    note = (
        f"{CONNECTIONS} connections, {len(addresses)} charts of {ELEMENTS} elements; client on the same two cores; "
        "targets 500 requests/s, p95 250 ms"
    )
    yield rate_figure("api_crowd_per_s", len(crowd.waits) / took, "requests/s", ("none", None), note)
    yield time_figure("api_crowd_p95_ms", percentile(crowd.waits, 95), "ms", ("none", None), note)


def _whole(client: httpx.Client, address: str) -> bool:
    """Whether a chart has its 500 elements (a link that brings an entity counts two: 499 is as many as fit)."""
    answer = client.get(address).json()
    return len(answer["entities"]) + len(answer["links"]) >= ELEMENTS - 1


CASES: dict[str, Callable[[], Iterator[Figure]]] = {"api_crowd": crowd}
