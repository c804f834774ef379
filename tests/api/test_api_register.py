"""The source register over the API: administrators change it, everybody signed in reads it, compartments stay closed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.client import Server, start

ENTRY = {
    "organisation": "Northshire",
    "grading": {"scheme": "3x5x2", "source": "1", "intelligence": "A"},
    "handling": {"scheme": "3x5x2", "code": "C", "conditions": ["A1"]},
    "marking": "OFFICIAL-SENSITIVE",
    "refresh_days": 7,
}
PLACE = "/v1/ingest/register/calls"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    made = start(tmp_path)
    yield made
    made.close()


def put(server: Server, entry: dict, who: str | None = "admin", place: str = PLACE, why: str = "new") -> int:
    return server.request("PUT", place, who, json={"entry": entry, "why": why}).status_code


def test_register_is_changed_by_an_administrator_and_read_by_all(own: Server) -> None:
    assert own.get(PLACE, "reader").status_code == 404
    answer = own.request("PUT", PLACE, "admin", json={"entry": ENTRY, "why": "new source"})
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["changed_by"]) == (1, "admin")
    assert put(own, {**ENTRY, "contact": "desk"}, why="contact found") == 200
    versions = own.get(PLACE, "reader").json()["versions"]
    assert [(v["version"], v["contact"], v["why"]) for v in versions] == [
        (1, "", "new source"),
        (2, "desk", "contact found"),
    ]
    (row,) = own.get("/v1/ingest/register", "loader").json()["sources"]
    assert (row["version"], row["overdue"], row["last_load"]) == (2, False, None)
    assert row["handling"] == ENTRY["handling"]


def test_register_changes_and_reads_are_in_the_audit_log(own: Server) -> None:
    put(own, ENTRY)
    own.get(PLACE, "reader")
    raw = own.services.workspace.folder
    written = b"".join(path.read_bytes() for path in raw.rglob("*audit*") if path.is_file())
    assert b"ingest.register.set" in written
    assert b"ingest.register.history" in written


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("reader", 403), ("loader", 403), ("auditor", 403)])
def test_register_is_changed_by_nobody_else(own: Server, who: str | None, status: int) -> None:
    assert put(own, ENTRY, who) == status
    assert own.services.workspace.ledger.register.current() == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"marking": "SECRET"},
        {"handling": {"scheme": "3x5x2", "code": "X"}},
        {"organisation": ""},
        {"retention_group": "9"},
        {"owner": "me"},
        {"refresh_days": -1},
        {"grading": {"scheme": "5x5x5", "source": "1"}},
    ],
)
def test_register_refuses_what_no_scheme_has(own: Server, wrong: dict) -> None:
    assert put(own, {**ENTRY, **wrong}) == 422
    assert own.services.workspace.ledger.register.current() == ()


@pytest.mark.parametrize("name", ["..%2Fx", "A B", "x" * 65])
def test_register_source_names_are_plain_words(own: Server, name: str) -> None:
    assert put(own, ENTRY, place=f"/v1/ingest/register/{name}") in {404, 422}


def test_register_entry_in_a_compartment_is_not_there_for_others(own: Server) -> None:
    assert put(own, {**ENTRY, "compartment": "KESTREL"}) == 403
    kept = own.services.workspace.ledger.register
    from ingest.register.words import EntryWords

    kept.set("calls", EntryWords(organisation="N", compartment="KESTREL").entry(), by="test", why="covert")
    assert own.get(PLACE, "reader").status_code == 404
    assert own.get("/v1/ingest/register", "reader").json() == {"sources": []}
    assert put(own, ENTRY) == 404
    assert own.get(PLACE, "cleared").json()["versions"][0]["compartment"] == "KESTREL"
