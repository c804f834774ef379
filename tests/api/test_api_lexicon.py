"""The lexicon over HTTP: read by readers, changed by loaders, and a widened search says what it added."""

import pytest
import yaml

from tests.api.client import Server

TERM = {
    "list_name": "local",
    "id": "rattle",
    "word": "rattlebag",
    "variants": ["rattle", "bag of rattles"],
    "why": "item 4",
}


@pytest.fixture(scope="module")
def grown(server: Server) -> Server:
    answer = server.request("POST", "/v1/lexicon/terms", "loader", json=TERM)
    assert answer.status_code == 201, answer.text
    assert answer.json()["changed"] == 1
    return server


def test_lists_and_terms(grown: Server) -> None:
    whole = grown.get("/v1/lexicon").json()
    assert {"drugs", "crime_types", "local"} <= {one["name"] for one in whole["lists"]}
    local = grown.get("/v1/lexicon/lists/local").json()
    rattle = next(term for term in local["terms"] if term["id"] == "rattle")
    assert rattle["variants"] == ["rattle", "bag of rattles"]
    assert grown.get("/v1/lexicon/lists/nothing").status_code == 404


def test_history_says_who_and_why(grown: Server) -> None:
    changes = grown.get("/v1/lexicon/history?list_name=local").json()["changes"]
    told = [
        (c["action"], c["term"]["id"], c["changed_by"], c["why"])
        for c in changes
        if c["term"]["id"] == "rattle"
    ]
    assert told[0] == ("add", "rattle", "loader", "item 4")


def test_a_clash_is_refused_without_repeating_it(grown: Server) -> None:
    body = {"list_name": "drugs", "id": "zzz", "word": "smack", "why": "x"}
    answer = grown.request("POST", "/v1/lexicon/terms", "loader", json=body)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, "lexicon")
    assert "smack" not in answer.text


def test_readers_may_not_change_it(grown: Server) -> None:
    assert grown.request("POST", "/v1/lexicon/terms", "reader", json=TERM).status_code == 403


def test_export_goes_back_in_and_changes_nothing(grown: Server) -> None:
    text = grown.get("/v1/lexicon/export").text
    assert yaml.safe_load(text)["lists"]["local"]["terms"]
    answer = grown.request("POST", "/v1/lexicon/imports", "loader", json={"text": text, "why": "round"})
    assert (answer.status_code, answer.json()["changed"]) == (201, 0)


def test_withdrawn_terms_widen_nothing(grown: Server) -> None:
    add = {"list_name": "local", "id": "brief", "word": "briefly", "variants": ["shortly"], "why": "x"}
    assert grown.request("POST", "/v1/lexicon/terms", "loader", json=add).status_code == 201
    assert grown.get("/v1/search?q=briefly&expand=true").json()["added"][0]["words"] == ["shortly"]
    gone = {"list_name": "local", "id": "brief", "why": "x"}
    assert grown.request("POST", "/v1/lexicon/withdrawals", "loader", json=gone).status_code == 201
    assert grown.get("/v1/search?q=briefly&expand=true").json()["added"] == []


def test_a_search_is_widened_only_when_asked_and_says_so(grown: Server) -> None:
    add = {"list_name": "local", "id": "bubbles", "word": "bubbles", "variants": ["suds"], "why": "x"}
    assert grown.request("POST", "/v1/lexicon/terms", "loader", json=add).status_code == 201
    plain = grown.get("/v1/search?q=bubbles").json()
    wide = grown.get("/v1/search?q=bubbles&expand=true").json()
    assert (plain["total"], plain["added"]) == (0, [])
    assert wide["total"] > 0
    assert wide["added"] == [
        {"typed": "bubbles", "words": ["suds"], "terms": ["local.bubbles"], "left_out": 0}
    ]


def test_every_change_is_in_the_audit_log(grown: Server) -> None:
    add = {"list_name": "local", "id": "noted", "word": "noted", "variants": ["jotted"], "why": "x"}
    gone = {"list_name": "local", "id": "noted", "why": "x"}
    assert grown.request("POST", "/v1/lexicon/terms", "loader", json=add).status_code == 201
    assert grown.request("POST", "/v1/lexicon/withdrawals", "loader", json=gone).status_code == 201
    assert grown.get("/v1/lexicon/export").status_code == 200
    actions = {(row.event.action, row.event.operation) for row in grown.services.audit.rows(0, 10_000)}
    assert {
        ("lexicon.add", "alteration"),
        ("lexicon.withdraw", "alteration"),
        ("lexicon.export", "consultation"),
    } <= actions
