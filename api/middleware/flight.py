"""Requests that are under way: a server that ends waits for them, so that none is cut before its outcome row is written.

A request that were left behind when the event loop stops would also leave its thread waiting for ever, and the process with it.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send


class Flight:
    """Counts requests; used in one event loop."""

    def __init__(self) -> None:
        self._under_way = 0
        self._landed = asyncio.Event()
        self._landed.set()

    def begin(self) -> None:
        """One more."""
        self._under_way += 1
        self._landed.clear()

    def end(self) -> None:
        """One less."""
        self._under_way -= 1
        if self._under_way == 0:
            self._landed.set()

    async def landed(self, patience_s: float) -> bool:
        """Wait until there is none; False where there still are some after ``patience_s``."""
        try:
            await asyncio.wait_for(self._landed.wait(), patience_s)
        except TimeoutError:
            return False
        return True


class InFlight:
    """Outermost layer."""

    def __init__(self, app: ASGIApp, flight: Flight) -> None:
        self._app = app
        self._flight = flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request from its first step to its last."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._flight.begin()
        try:
            await self._app(scope, receive, send)
        finally:
            self._flight.end()
