"""Suggestions over the API: who sees them, who decides, and that what is hidden is as what is not there."""

from __future__ import annotations

import pytest

from graphcore.evidence import EntityRecord, LinkRecord, OriginRef
from graphcore.evidence.suggestion import Suggested
from tests.api import world
from tests.api.client import Server
from tests.api.conftest import World

BASE = "/v1/ingest/suggestions"
NOTE = OriginRef(world.SOURCE, "Document", "D1")
COVERT = OriginRef(world.SOURCE, "Document", "D2")


def document(origin: OriginRef, label, names: tuple[str, ...]) -> EntityRecord:
    found = tuple(
        Suggested("text", "Person", name, at * 10, at * 10 + 5, f"met {name}")
        for at, name in enumerate(names)
    )
    return EntityRecord(origin, "document", {"title": (origin.reference,)}, world.evidence(30, label), found)


@pytest.fixture(scope="module")
def written(server: Server, loaded: World) -> Server:
    ledger = server.services.workspace.ledger
    batch = ledger.begin_batch(world.SOURCE, "notes.csv", "notes", "mapping")
    rows: list[EntityRecord | LinkRecord] = [
        document(NOTE, world.OPEN, ("Ada One", "Bea Two", "Cy Three")),
        document(COVERT, world.HIDDEN, ("Dee Four",)),
    ]
    ledger.append(batch, rows, (), 2)
    ledger.finish_batch(batch)
    server.services.workspace.projection(server.services.store).catch_up()
    return server


def listed(server: Server, who: str = "reader", **query: object) -> list[dict]:
    answer = server.get(BASE, who, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["suggestions"]


def of(server: Server, label: str) -> str:
    """Id of the suggestion of that name: tests of this file may run apart, in any order."""
    found = listed(server, "cleared", state="any")
    return next(one["suggestion_id"] for one in found if one["label"] == label)


def test_suggestions_are_filtered_by_who_asks(written: Server) -> None:
    assert [one["label"] for one in listed(written, state="any")] == ["Ada One", "Bea Two", "Cy Three"]
    assert [one["label"] for one in listed(written, "cleared", state="any")][-1] == "Dee Four"
    assert listed(written, "low") == []
    first = listed(written, state="any")[0]
    assert listed(written, state="any", after=first["suggestion_id"], limit=1)[0]["label"] == "Bea Two"
    assert written.get(BASE, None).status_code == 401
    assert written.get(BASE, "reader", purpose=False).status_code == 403
    assert written.get(BASE, "reader", params={"state": "none"}).status_code == 422


def test_suggestion_is_accepted_once_and_found_by_search(written: Server) -> None:
    first = of(written, "Ada One")
    path = f"{BASE}/{first}/accept"
    assert written.request("POST", path, "reader", json={"type": "Person"}).status_code == 403
    answer = written.request("POST", path, "loader", json={"type": "Person", "reason": "known"})
    assert answer.json() == {"suggestion_id": first, "state": "accepted"}
    assert written.request("POST", path, "loader", json={"type": "Person"}).status_code == 409
    assert written.request("POST", f"{BASE}/{first}/reject", "loader", json={}).status_code == 409
    (done,) = listed(written, state="accepted")
    assert (done["decided_by"], done["reason"]) == ("loader", "known")
    assert "Ada One" in written.get("/v1/search", "reader", params={"q": "ada one"}).text


def test_suggestion_is_linked_or_rejected(written: Server, loaded: World) -> None:
    second, third = of(written, "Bea Two"), of(written, "Cy Three")
    uid = loaded.uids[world.MAGS]
    assert (
        written.request("POST", f"{BASE}/{second}/accept", "loader", json={"uid": "nosuch"}).status_code
        == 404
    )
    answer = written.request("POST", f"{BASE}/{second}/accept", "loader", json={"uid": uid})
    assert answer.json()["state"] == "linked"
    assert written.request("POST", f"{BASE}/{third}/reject", "loader", json={}).json()["state"] == "rejected"
    open_ = {one["label"] for one in listed(written)}
    assert not open_ & {"Bea Two", "Cy Three"}
    assert len(listed(written, state="any")) == 3


@pytest.mark.parametrize(
    "body", [{}, {"type": "Person", "uid": "x"}, {"type": "Phone"}, {"uid": ""}, {"other": 1}]
)
def test_suggestion_of_an_unclear_answer_is_refused(written: Server, body: dict) -> None:
    hidden = of(written, "Dee Four")
    assert written.request("POST", f"{BASE}/{hidden}/accept", "loader", json=body).status_code == 422


def test_hidden_suggestion_answers_like_one_that_never_was(written: Server) -> None:
    hidden = of(written, "Dee Four")
    answers = [
        written.request("POST", f"{BASE}/{name}/{verb}", "loader", json=body)
        for name in (hidden, "a" * 24)
        for verb, body in (("accept", {"type": "Person"}), ("reject", {}))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
