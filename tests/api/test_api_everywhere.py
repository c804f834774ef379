"""Every route of the description with hostile values in every parameter, and as those who may see nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.auth import NewAccount, Role
from graphcore.access import AccessLabel, Marking
from graphcore.workspace import Workspace
from tests.api import world
from tests.api.client import PASSWORD, Server, start
from tests.api.conftest import World
from tests.api.test_api_access import BODIES, HOLDER, call, operations

HOSTILE = (
    "Anna'}) DETACH DELETE n //",
    "'; DROP TABLE record; --",
    "' OR '1'='1",
    '" UNION SELECT password_hash FROM account --',
    "`x` \\u0060 RETURN 1",
    "{{7*7}} ${7*7} %s {0}",
    "x\x00y",
    "../../etc/passwd",
)
WORDS = ("Tolliver", "Marrow", "Suds", "Glimmer", "Harbour group", "07700900123")


def texts(spec: dict[str, Any]) -> list[tuple[str, str]]:
    """The parameters of a route that take text, by where they stand."""
    found = [(one["in"], one["name"]) for one in spec.get("parameters", []) if one["in"] in {"path", "query"}]
    return [one for one in found if one[1] != "as_at"]


@pytest.mark.catalogue("I01", "I03")
def test_hostile_values_in_every_parameter_of_every_route_do_nothing(server: Server, loaded: World) -> None:
    store = server.services.store
    before, rows = store.fingerprint(), len(server.services.workspace.ledger.batches())
    asked = 0
    for method, path, spec in operations(server):
        role = spec["x-role"]
        who = HOLDER[Role(role)] if role in set(Role) else "reader"
        if spec["operationId"] in {"signOut", "signIn"}:
            continue
        for place, name in texts(spec):
            for value in HOSTILE:
                given = {one["name"]: "a" for one in spec["parameters"] if one["in"] == "path"}
                query = {
                    one["name"]: "a"
                    for one in spec["parameters"]
                    if one["in"] == "query" and one.get("required")
                }
                (given if place == "path" else query)[name] = value
                filled = path
                for key, text in given.items():
                    filled = filled.replace("{" + key + "}", _quoted(str(text)))
                body = {**BODIES.get(spec["operationId"], {})}
                query = {**body.pop("params", {}), **query}
                answer = server.request(method, filled, who, params=query, **body)
                assert answer.status_code < 500 or answer.json()["type"].endswith(":audit"), (
                    path,
                    name,
                    value,
                )
                assert "$argon2" not in answer.text
                assert ">49<" not in answer.text
                asked += 1
    assert asked > 300
    assert store.fingerprint() == before
    assert len(server.services.workspace.ledger.batches()) == rows
    assert server.get("/v1/health", None).status_code == 200


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def reading(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    return [one for one in operations(server) if one[2]["x-role"] == Role.READER]


@pytest.mark.catalogue("A04")
def test_every_reading_route_without_clearance_tells_nothing(server: Server, loaded: World) -> None:
    told = [one[2]["operationId"] for one in reading(server) if _tells(server, one, loaded.uids, "low")]
    assert told == []
    assert {one[2]["operationId"] for one in reading(server) if _tells(server, one, loaded.uids, "reader")} >= {
        "search", "readEntity", "readEvidence", "readNeighbours", "readBusinessReport",
    }  # fmt: skip


def _tells(
    server: Server, operation: tuple[str, str, dict[str, Any]], uids: dict[Any, str], who: str
) -> bool:
    """True if anything of the world is in the answer; an entity by its id must then be unknown."""
    answer = call(server, operation, uids, who)
    by_id = "{uid}" in operation[1] and operation[0] == "GET"
    assert not (by_id and who != "reader" and answer.status_code == 200), operation[:2]
    return any(word in answer.text for word in WORDS)


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[tuple[Server, dict[Any, str]]]:
    """A world that its originator alone may read (5x5x5 handling code 4), and a cleared account of another force."""
    own = AccessLabel("OFFICIAL-SENSITIVE", "5x5x5", "4", (), "", "Northshire")
    with Workspace.open(tmp_path) as workspace:
        made = [replace(one, evidence=replace(one.evidence, label=own)) for one in world.records()]
        batch = workspace.ledger.begin_batch(world.SOURCE, "people.csv", "hash", "mapping")
        workspace.ledger.append(batch, made, (), len(made))
        workspace.ledger.finish_batch(batch)
        ids = workspace.ids
        named = (world.MAGS, world.DEV, world.WASH, world.SHELL, world.PHONE, world.GANG, world.SECRET)
        uids = {ref: ids.origin(ref.source, ref.entity_type, ref.reference) for ref in named}
    server = start(tmp_path)
    account = NewAccount("other", "Portside", frozenset({Role.READER}), Marking.OFFICIAL_SENSITIVE)
    server.services.auth.create_account(account, PASSWORD, by="test")
    server.tokens["other"] = server.services.auth.issue_token("other", "test", timedelta(hours=1), by="test")
    yield server, uids
    server.close()


@pytest.mark.catalogue("A05")
def test_every_reading_route_from_another_force_tells_nothing(apart: tuple[Server, dict[Any, str]]) -> None:
    server, uids = apart
    told = [one[2]["operationId"] for one in reading(server) if _tells(server, one, uids, "other")]
    assert told == []
    assert any(_tells(server, one, uids, "reader") for one in reading(server))
    assert server.get("/v1/stats", "other").json()["entities"] == 0
