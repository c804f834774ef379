"""The statements for Neo4j Browser find what is planted in a small town."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase, Record

import cypher
from cypher import statement
from graphcore.store.neo4j import Neo4jStore
from graphcore.store.neo4j.guide import CHAPTERS
from tests.contract.neo4j_street import iso_at, street
from tests.neo4j_fixture import Neo4jAddress

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def town(neo4j_server: Neo4jAddress, neo4j_store: Neo4jStore) -> Neo4jAddress:
    neo4j_store.clear()
    street().into(neo4j_store)
    return neo4j_server


def ask(town: Neo4jAddress, name: str, params: dict[str, Any]) -> list[Record]:
    found = statement(f"analyst/{name}")
    found.check(params)
    with GraphDatabase.driver(town.uri, auth=(town.user, town.password)) as driver:
        result = driver.execute_query(found.text, params, routing_="r")
    assert set(result.keys) <= set(found.returns) | {"q"}
    return result.records


def paths(rows: list[Record]) -> set[tuple[str, ...]]:
    return {tuple(node["caption"] for node in row["p"].nodes) for row in rows}


TABLES: dict[str, tuple[dict[str, Any], list[tuple[object, ...]]]] = {
    "counts": ({}, [("Person", 6), ("Business", 4), ("Event", 4), ("Account", 3), ("Location", 2), ("OrganisedCrimeGroup", 2), ("Phone", 2)]),
    "published": ({}, []),  # of a graph that was published; see test_publication
    "shared_phones": ({}, [("07700900001", 2, ["Bo Vell", "Di Quill"])]),
    "shared_accounts": ({}, [("00000002", ["Bo Vell", "Sudsy Example Ltd"])]),
    "shared_addresses": ({}, [("1 Yard Lane", ["Ed Sorrel"], ["Foamy Example Ltd", "Sudsy Example Ltd", "Sudsy Example North Ltd"])]),
    "formation_addresses": ({"least": 3}, [("1 Yard Lane", 3, ["Foamy Example Ltd", "Sudsy Example Ltd", "Sudsy Example North Ltd"])]),
    "nominee_directors": ({"least": 2}, [("Ed Sorrel", 3, ["Foamy Example Ltd", "Sudsy Example Ltd", "Sudsy Example North Ltd"])]),
    "phoenix": ({}, [("Foamy Example Ltd", "Sudsy Example Ltd", ["Ed Sorrel"], "1 Yard Lane")]),
    "ocg_businesses": ({}, [("Heron Group", "Sudsy Example Ltd", ["Bo Vell"], ["OFFICER_OF"])]),
    "money_in_and_out": ({"least_pence": 900_000}, [("00000002", ["Bo Vell", "Sudsy Example Ltd"], 1_000_000, 950_000, 0.95), ("00000003", ["Ada Tarn"], 950_000, 5, 0.0)]),
    "calls": (
        {"phone": "07700900001"},
        [(iso_at(1), "out", "07700900002", ["Cy Marrow"], 60), (iso_at(2), "in", "07700900002", ["Cy Marrow"], 120)],
    ),
    "call_events": ({"phone": "07700900001"}, [(iso_at(4), "Call 1", "caller", "07700900002", "called")]),
    "timeline": ({"person": "Bo Vell"}, [("2026-03-01", "crime", "Crime 1", "suspect", ["1 Yard Lane"])]),
    "vulnerable": ({}, [("Ada Tarn", 3, ["Bo Vell", "Cy Marrow", "Fay Ember"])]),
    "triangles": ({}, [("Ada Tarn", 1), ("Bo Vell", 1), ("Cy Marrow", 1)]),
    "crimes_near": ({"address": "2 Home Road", "metres": 100.0}, [("Drugs", 3, 55.7)]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_table(town: Neo4jAddress, name: str) -> None:
    params, expected = TABLES[name]
    rows = [
        tuple(sorted(v) if isinstance(v, list) else v for v in row.values())
        for row in ask(town, name, params)
    ]
    assert rows == expected


PATHS: dict[str, tuple[dict[str, Any], set[tuple[str, ...]]]] = {
    "who_knows_whom": ({"from": "Fay Ember", "to": "Cy Marrow"}, {("Fay Ember", "Ada Tarn", "Cy Marrow")}),
    "business_between": ({"from": "Ada Tarn", "to": "Ed Sorrel"}, {("Ada Tarn", "Tarn Holdings Ltd", "Sudsy Example Ltd", "Ed Sorrel"), ("Ada Tarn", "00000003", "00000001", "Ed Sorrel")}),
    "chain_up": ({"business": "Sudsy Example Ltd"}, {("Tarn Holdings Ltd", "Sudsy Example Ltd"), ("Ada Tarn", "Tarn Holdings Ltd", "Sudsy Example Ltd")}),
    "chain_down": ({"owner": "Ada Tarn"}, {("Ada Tarn", "Tarn Holdings Ltd"), ("Ada Tarn", "Tarn Holdings Ltd", "Sudsy Example Ltd")}),
    "ocg_members": ({"group": "Heron Group"}, {("Bo Vell", "Heron Group"), ("Cy Marrow", "Heron Group")}),
    "ocg_ties": ({"group": "Heron Group", "other": "Larch Group"}, {("Bo Vell", "07700900001", "Di Quill"), ("Cy Marrow", "Bo Vell", "07700900001", "Di Quill")}),
    "money_paths": ({"from": "00000001", "to": "00000003"}, {("00000001", "00000002", "00000003")}),
    "dangerous_families": ({"least": 2}, {("Ada Tarn", "Bo Vell", "Crime 1"), ("Ada Tarn", "Fay Ember", "Crime 3")}),
}  # fmt: skip


@pytest.mark.parametrize("name", PATHS)
def test_paths(town: Neo4jAddress, name: str) -> None:
    params, expected = PATHS[name]
    assert paths(ask(town, name, params)) == expected


def test_money_path_names_the_least_payment(town: Neo4jAddress) -> None:
    assert [row["pence"] for row in ask(town, "money_paths", {"from": "00000001", "to": "00000003"})] == [
        950_000
    ]


def test_franchise_shows_who_stands_behind_each_branch(town: Neo4jAddress) -> None:
    found = paths(ask(town, "franchise", {"business": "Sudsy Example Ltd"}))
    assert {
        ("Sudsy Example North Ltd", "Sudsy Example Ltd"),
        ("Sudsy Example North Ltd", "Ed Sorrel"),
        ("Sudsy Example Ltd", "Bo Vell"),
    } <= found


def test_find_neighbourhood_and_evidence(town: Neo4jAddress) -> None:
    hits = ask(town, "find", {"text": "Sud"})
    assert {row["n"]["caption"] for row in hits} == {"Sudsy Example Ltd", "Sudsy Example North Ltd"}
    around = paths(ask(town, "neighbourhood", {"caption": "Fay Ember"}))
    assert around == {("Fay Ember", "Ada Tarn"), ("Fay Ember", "Crime 3")}
    records = ask(town, "evidence", {"uid": "p-fay"})
    assert [(row["source"], row["known_at"][:4]) for row in records] == [("register", "2020")]
    assert '"name":["Fay Ember"]' in records[0]["record"]


def test_every_statement_is_in_the_guide_and_tried_here() -> None:
    names = {path.stem for path in Path(cypher.__path__[0], "analyst").glob("*.cypher")}
    assert {name for chapter in CHAPTERS.values() for name in chapter} == names
    assert names - TABLES.keys() - PATHS.keys() == {"franchise", "find", "neighbourhood", "evidence"}
