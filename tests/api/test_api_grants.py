"""Grants over the API: owners open what is theirs, the next request of the reader obeys, and the log says why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphcore.access import vocabulary
from tests.api import world
from tests.api.client import PURPOSE, Server
from tests.api.conftest import World

SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat()
GRANT: dict[str, Any] = {
    "grantee": "subject", "name": "reader", "scope": "compartment", "over": "KESTREL", "operation": "Larkspur",
    "until": SOON, "why": "joint operation",
}  # fmt: skip
PLACE = "/v1/access/grants"


@pytest.fixture(autouse=True)
def without_grants(server: Server) -> Iterator[None]:
    yield
    book = server.services.workspace.ledger.grants
    for one in book.standing():
        book.revoke(one.grant.grant_id, by="test", reason="end of test")


def give(server: Server, **changes: Any) -> Any:
    return server.request("POST", PLACE, "owner", json={**GRANT, **changes})


def secret(server: Server, loaded: World, who: str = "reader", **headers: str) -> int:
    path = f"/v1/entities/{loaded.uids[world.SECRET]}"
    return server.get(path, who, headers={**PURPOSE, **headers}).status_code


@pytest.mark.catalogue("A06", "A35")
def test_grant_opens_until_it_is_revoked_and_the_next_request_obeys(server: Server, loaded: World) -> None:
    assert secret(server, loaded) == 404
    made = give(server)
    assert (made.status_code, made.json()["state"], made.json()["given_by"]) == (201, "standing", "owner")
    assert secret(server, loaded) == 200
    assert server.get("/v1/search?q=quentin").json()["total"] == 1
    assert server.get("/v1/measures/degree?top=100").json()["entities"] == 8
    assert secret(server, loaded, **{"X-Operation": "Foxglove"}) == 404
    assert secret(server, loaded, "low") == 404
    answer = server.request("POST", f"{PLACE}/{made.json()['id']}/revoke", "owner", json={"why": "over"})
    assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    assert secret(server, loaded) == 404
    assert server.get("/v1/measures/degree?top=100").json()["entities"] == 7
    again = server.request("POST", f"{PLACE}/{made.json()['id']}/revoke", "owner", json={"why": "over"})
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "revoked")


@pytest.mark.catalogue("A35")
def test_another_process_obeys_as_soon(server: Server, loaded: World) -> None:
    other = start_beside(server)
    try:
        made = give(server).json()
        assert secret(other, loaded) == 200
        assert other.get("/v1/measures/degree?top=100").json()["entities"] == 8
        server.request("POST", f"{PLACE}/{made['id']}/revoke", "owner", json={"why": "over"})
        assert secret(other, loaded) == 404
        assert other.get("/v1/measures/degree?top=100").json()["entities"] == 7
    finally:
        other.close()


def start_beside(server: Server) -> Server:
    """A second application on the same workspace, as another worker would have it."""
    from api.app import create_app
    from api.settings import Settings
    from api.wiring import open_services

    services = open_services(Settings(server.services.workspace.folder, jobs=False))
    return Server(create_app(services.settings, services), services, dict(server.tokens))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"over": "OTHER"}, 403),
        ({"scope": "originator", "over": "Portside"}, 403),
        ({"scope": "originator", "over": "Northshire"}, 201),
        ({"until": "2020-01-01T00:00:00Z"}, 422),
        ({"until": "2099-01-01T00:00:00"}, 422),
        ({"grantee": "team", "name": "Northshire"}, 422),
        ({"operation": ""}, 422),
        ({"given_by": "chief"}, 422),
    ],
)
def test_owners_open_what_is_theirs_and_in_full(server: Server, changes: dict[str, Any], status: int) -> None:
    answer = give(server, **changes)
    assert answer.status_code == status
    assert "OTHER" not in answer.text


def test_list_shows_what_is_the_owners_alone(server: Server) -> None:
    give(server)
    server.services.workspace.ledger.grants.give(_new("OTHER"), by="chief", reason="another compartment")
    shown = server.get(PLACE, "owner").json()["grants"]
    assert [(one["over"], one["state"]) for one in shown] == [("KESTREL", "standing")]
    assert {one["over"] for one in server.get(f"{PLACE}?every=true", "owner").json()["grants"]} <= {
        "KESTREL",
        "Northshire",
    }


def _new(over: str) -> Any:
    from graphcore.access import Grantee, Scope
    from graphcore.evidence.ledger.grants import NewGrant

    return NewGrant(
        Grantee.SUBJECT, "reader", Scope.COMPARTMENT, over, "Larkspur", datetime.now(UTC) + timedelta(1)
    )


def explain(server: Server, **changes: Any) -> Any:
    return server.request("POST", "/v1/access/explain", "owner", json={"subject": "reader", **changes})


def test_explain_gives_every_rule_that_denies(server: Server) -> None:
    label = {
        "marking": "OFFICIAL-SENSITIVE",
        "handling_scheme": "3x5x2",
        "handling_code": "C",
        "compartment": "KESTREL",
    }
    found = explain(server, **label, retention="hold", pointer="contact").json()
    assert (found["allow"], found["told"]) == (False, True)
    assert found["reasons"] == ["compartment", "handling code", "retention"]
    assert found["rules"].startswith("shipped ")
    give(server)
    assert explain(server, **label, operation="Larkspur").json()["reasons"] == ["handling code"]
    assert explain(server, **label).json()["reasons"] == ["compartment", "handling code"]
    assert explain(server, subject="nobody").status_code == 404
    assert explain(server, compartment="OTHER").status_code == 403


@pytest.mark.catalogue("A36")
def test_rules_that_raise_deny_and_the_log_says_why(
    server: Server, loaded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("a fault in a rule")

    monkeypatch.setattr(vocabulary, "CONDITIONS", {**vocabulary.CONDITIONS, "law enforcement": broken})
    monkeypatch.setattr("graphcore.access.rules.CONDITIONS", vocabulary.CONDITIONS)
    asked_first = {"X-Operation": "Op Broken"}  # rules that were settled for a reader before stay settled
    answer = server.get(f"/v1/entities/{loaded.uids[world.WASH]}", "reader", headers=asked_first)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "policy")
    notes = [row.event for row in server.services.audit.rows(0, 10_000) if row.event.action == "policy"]
    assert (notes[-1].subject, notes[-1].status) == ("reader", "refused")
    assert "reader (RuntimeError)" in notes[-1].reason


def test_grants_are_in_the_audit_log_with_who_and_why(server: Server) -> None:
    give(server)
    audit = server.services.audit
    (row, *_) = [row for row in reversed(audit.rows(0, 10_000)) if row.event.action == "access.grant"]
    assert (row.event.subject, row.event.operation) == ("owner", "access")
    assert "joint operation" in audit.question(
        next(r for r in audit.rows(0, 10_000) if r.event.entry == row.event.entry)
    )


def test_what_was_made_under_a_grant_is_kept_from_those_without(server: Server, loaded: World) -> None:
    from api.outputs.service import Output, keep, listed

    give(server)
    admit = server.services.workspace.admit
    from dataclasses import replace

    from graphcore.access import Purpose, PurposeCode
    from tests.api.test_api_outputs import MAKER

    stated = Purpose(PurposeCode.INVESTIGATION, "test", "Larkspur")
    maker = admit(replace(MAKER, subject="reader", compartments=frozenset(), purpose=stated))
    output = Output("granted.html", "Chart", "chart", None, "OFFICIAL-SENSITIVE", "2026-03-01T00:00:00Z")
    place = loaded.folder
    keep(place, output, "x", maker)
    audit = admit(replace(maker, purpose=Purpose(PurposeCode.AUDIT, "test", "Larkspur")))
    assert [one.name for one in listed(place, maker)] == ["granted.html"]
    assert [one.name for one in listed(place, audit)] == ["granted.html"]
    assert listed(place, replace(maker, grants=())) == []
    keep(place, output, "x", audit)  # held records may be in it
    assert listed(place, maker) == []
    (place / "outputs" / "granted.html").unlink()
    (place / "outputs" / "granted.html.about").unlink()
