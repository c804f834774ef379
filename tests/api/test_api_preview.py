"""Previews over the API: bounded, computed on what the caller may see, logged, and nothing is loaded or kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphcore.access import AccessLabel
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from tests.api.client import Server, start

MAPPING = """mapping: 1
source: northshire
files:
  - match: "*.csv"
    marking: m
    entities:
      person: {type: Person, key: ref, properties: {name: name}}
"""
ROWS = "ref,name,m\nP1,Ada Example,OFFICIAL\nP2,Bea Sample,OFFICIAL\nP3,Cy Invented,OFFICIAL-SENSITIVE\nP4,Dee,PUBLIC\n"
PLACE = "/v1/ingest/preview"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    made = start(tmp_path)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "people.csv").write_text(ROWS)
    (tmp_path / "inbox" / "map.yaml").write_text(MAPPING)
    yield made
    made.close()


def hold(server: Server, reference: str, name: str, label: AccessLabel) -> None:
    """Put one person into the ledger."""
    ledger = server.services.workspace.ledger
    batch = ledger.begin_batch("northshire", f"{reference}.csv", reference, "m")
    origin = OriginRef("northshire", "Person", reference)
    evidence = Evidence(Lineage("old.csv", 1), label)
    ledger.append(batch, [EntityRecord(origin, "", {"name": (name,)}, evidence)], (), 1)
    ledger.finish_batch(batch)


def ask(server: Server, **more: object) -> dict:
    answer = server.request(
        "POST", PLACE, "loader", json={"name": "people.csv", "mapping": "map.yaml", **more}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_preview_counts_new_changed_and_refused_and_loads_nothing(own: Server) -> None:
    hold(own, "P1", "Ada Old", AccessLabel())
    answer = ask(own)
    assert answer["entities"] == {"Person": {"new": 2, "same": 0, "more": 0, "changed": 1}}
    assert (answer["rows"], answer["refused"], answer["whole"], answer["chosen"]) == (4, 1, True, "map.yaml")
    (changed,) = answer["changed"]
    assert changed["changes"] == [{"name": "name", "old": ["Ada Old"], "new": ["Ada Example"]}]
    assert answer["refused_examples"] == [
        {"file": "people.csv", "row": 4, "field": "m", "reason": "an unknown marking"}
    ]
    assert len(own.services.workspace.ledger.batches()) == 1


def test_preview_never_tells_of_what_the_caller_may_not_see(own: Server) -> None:
    hold(own, "P1", "Hidden Name", AccessLabel(compartment="KESTREL"))
    answer = ask(own)
    assert answer["entities"]["Person"]["new"] == 3
    assert "Hidden" not in str(answer)


def test_preview_rows_above_the_caller_are_only_counted(own: Server, tmp_path: Path) -> None:
    from datetime import timedelta

    from api.auth import NewAccount, Role

    own.services.auth.create_account(
        NewAccount("junior", "N", frozenset({Role.LOADER})), "correct horse battery", by="t"
    )
    own.tokens["junior"] = own.services.auth.issue_token("junior", "t", timedelta(hours=1), by="t")
    answer = own.request("POST", PLACE, "junior", json={"name": "people.csv", "mapping": "map.yaml"}).json()
    assert (answer["withheld"], answer["records"]) == (1, 2)
    assert "Cy Invented" not in str(answer)


def test_preview_without_a_mapping_guesses_a_source_or_drafts_one(own: Server, tmp_path: Path) -> None:
    answer = own.request("POST", PLACE, "loader", json={"name": "people.csv"}).json()
    assert answer["chosen"] == "draft"
    assert answer["draft"].startswith("mapping: 1")
    (tmp_path / "inbox" / "calls.csv").write_text(
        "a_number,b_number,start,duration_s\n07700900123,07700900124,2026-01-05 10:00,60\n"
    )
    answer = own.request("POST", PLACE, "loader", json={"name": "calls.csv"}).json()
    assert answer["chosen"] == "call_records"
    assert answer["fits"][0]["source"] == "call_records"


def test_preview_upload_is_not_kept(own: Server, tmp_path: Path) -> None:
    files = {"file": ("people.csv", ROWS.encode()), "mapping": ("m.yaml", MAPPING.encode())}
    answer = own.request("POST", f"{PLACE}/files", "loader", files=files)
    assert answer.status_code == 200, answer.text
    assert answer.json()["entities"]["Person"]["new"] == 3
    assert [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "../ledger.sqlite3"}, 404),
        ({"name": "nothing.csv"}, 404),
        ({"name": "people.csv", "source": "nonesuch"}, 422),
        ({"name": "people.csv", "source": "table"}, 422),
        ({"name": "people.csv", "mapping": "people.csv"}, 422),
        ({"name": "people.csv", "rows": 0}, 422),
        ({"name": "people.csv", "rows": 1_000_000}, 422),
        ({"name": "people.csv", "path": "/etc/passwd"}, 422),
    ],
)
def test_preview_of_what_is_not_there_or_wrong(own: Server, body: dict, status: int) -> None:
    assert own.request("POST", PLACE, "loader", json=body).status_code == status


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("reader", 403), ("admin", 403)])
def test_preview_is_for_loaders(own: Server, who: str | None, status: int) -> None:
    assert own.request("POST", PLACE, who, json={"name": "people.csv"}).status_code == status


def test_preview_needs_a_purpose(own: Server) -> None:
    assert own.request("POST", PLACE, "loader", purpose=False, json={"name": "people.csv"}).status_code == 403
