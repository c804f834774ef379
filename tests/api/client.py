"""A client of the application inside this process: no socket, and answers as a browser or script would see them."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.app import create_app
from api.auth import NewAccount, Role
from api.auth.passwords import Passwords
from api.settings import Settings
from api.wiring import Services, open_services
from graphcore.access import Marking
from graphcore.audit import AuditEvent, Phase

PASSWORD = "correct horse battery"
PURPOSE = {
    "X-Purpose": "investigation",
    "X-Purpose-Reason": "Who controls the car washes",
    "X-Operation": "Larkspur",
}
SENSITIVE = Marking.OFFICIAL_SENSITIVE
ACCOUNTS = {
    "reader": NewAccount("reader", "Northshire", frozenset({Role.READER}), SENSITIVE),
    "cleared": NewAccount(
        "cleared", "Northshire", frozenset({Role.READER}), SENSITIVE, frozenset({"KESTREL"})
    ),
    "low": NewAccount("low", "Portside", frozenset({Role.READER})),
    "reviewer": NewAccount("reviewer", "Northshire", frozenset({Role.REVIEWER}), SENSITIVE),
    "loader": NewAccount("loader", "Northshire", frozenset({Role.LOADER}), SENSITIVE),
    "admin": NewAccount("admin", "Northshire", frozenset({Role.ADMIN}), SENSITIVE),
    "auditor": NewAccount("auditor", "Northshire", frozenset({Role.AUDITOR}), SENSITIVE),
    "supervisor": NewAccount("supervisor", "Northshire", frozenset({Role.SUPERVISOR}), SENSITIVE),
    "owner": NewAccount("owner", "Northshire", frozenset({Role.OWNER}), SENSITIVE, frozenset({"KESTREL"})),
}
WEAK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Server:
    """One application with its services and a token for every account."""

    app: FastAPI
    services: Services
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def request(
        self,
        method: str,
        path: str,
        who: str | None = None,
        *,
        purpose: bool = True,
        host: str = "localhost",
        **rest: Any,
    ) -> httpx.Response:
        headers: dict[str, str] = dict(rest.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        if purpose:
            headers = {**PURPOSE, **headers}
        return self.run(self._send(method, f"http://{host}{path}", headers, rest))

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], rest: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, url, headers=headers, **rest)

    def get(self, path: str, who: str | None = "reader", **rest: Any) -> httpx.Response:
        return self.request("GET", path, who, **rest)

    def close(self) -> None:
        self.services.close()
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def start(folder: Path, **settings: Any) -> Server:
    """A server on a workspace, with every account and its token."""
    unbounded: dict[str, Any] = dict.fromkeys(("rate", "rate_burst", "address_rate", "address_burst"), 1e9)
    chosen = Settings(folder, jobs=False, **{**unbounded, **settings})
    services = open_services(chosen, passwords=WEAK)
    server = Server(create_app(chosen, services), services)
    for name, profile in ACCOUNTS.items():
        services.auth.create_account(profile, PASSWORD, by="test")
        server.tokens[name] = services.auth.issue_token(name, "test", timedelta(hours=1), by="test")
    return server


def intents(server: Server, after: int = 0) -> list[AuditEvent]:
    """What was begun, by the log."""
    rows = server.services.audit.rows(after, 100_000)
    return [row.event for row in rows if row.event.phase is Phase.INTENT]
