"""The world of identity behind a server, and what reviewers ask of it."""

from pathlib import Path
from typing import Any

from tests.api import identity_world as world
from tests.api.client import Server, start


def served(folder: Path, **given: Any) -> Server:
    """The world with a server on it."""
    world.build(folder, **given)
    return start(folder)


def key(server: Server, ref: Any) -> str:
    return server.services.workspace.ids.origin(ref.source, ref.entity_type, ref.reference)


def post(server: Server, path: str, body: dict[str, Any], who: str = "reviewer") -> Any:
    return server.request("POST", f"/v1/identity{path}", who, json=body)


def decide(
    server: Server, verdict: str, left: Any = world.WILL, right: Any = world.BILL, who: str = "reviewer"
) -> Any:
    pair = {"left": key(server, left), "right": key(server, right)}
    return post(server, "/judgements", {"pairs": [pair], "verdict": verdict, "reason": "same face"}, who)


def uids(server: Server, *refs: Any) -> list[str]:
    places = server.services.workspace.ledger.clusters([key(server, ref) for ref in refs])
    found = {place.origin_id: place.uid for place in places}
    return [found[key(server, ref)] for ref in refs]


def queue(server: Server, query: str = "state=open", who: str = "reader") -> Any:
    return server.get(f"/v1/identity/queue?{query}", who).json()
