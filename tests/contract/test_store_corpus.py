"""Small graphs with decoys as JSON, one file a trap: each question has its expected answer beside it, on every backend.

Years stand for the first of January; labels are named as in `world`. A decoy differs from what is asked for in one thing
only: direction, type, label, time, or a value that is missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graphcore.access import AccessContext
from graphcore.model import TimeSpan
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.query import ChainQuery, Direction, ExpandQuery, ExportQuery, PathQuery, SearchQuery
from graphcore.store.state import Assertion
from tests.contract.world import (
    CLEARED,
    COVERT,
    NOBODY,
    OPEN,
    PLAIN,
    SENSITIVE,
    World,
    at,
    day,
    iso,
    lids,
    uids,
)

FOLDER = Path(__file__).with_name("corpus")
LABEL = {"open": OPEN, "sensitive": SENSITIVE, "covert": COVERT, "nobody": NOBODY}
READERS = {"plain": PLAIN, "cleared": CLEARED}


def said(world: World, uid: str, raw: dict[str, Any]) -> Assertion:
    given = {"caption": uid, **raw} if uid else dict(raw)
    for name in ("valid_from", "valid_to", "known_at"):
        if name in given:
            given[name] = iso(given[name])
    if "label" in given:
        given["label"] = LABEL[given["label"]]
    if "properties" in given:
        given["properties"] = {k: tuple(v) for k, v in given["properties"].items()}
    return world.say(**given)


def listed(raw: Any) -> list[dict[str, Any]]:
    return raw if isinstance(raw, list) else [raw]


def world_of(graph: dict[str, Any]) -> World:
    world = World()
    for uid, entity_type, raw in graph["entities"]:
        world.entity(uid, entity_type, *(said(world, uid, one) for one in listed(raw)))
    for lid, source, target, link_type, raw in graph["links"]:
        world.link(lid, source, target, link_type, *(said(world, "", one) for one in listed(raw)))
    return world


def question(raw: dict[str, Any]) -> dict[str, Any]:
    out = {k: frozenset(v) if isinstance(v, list) else v for k, v in raw.items() if k != "during"}
    if "direction" in out:
        out["direction"] = Direction(out["direction"])
    if "during" in raw:
        out["during"] = TimeSpan(day(raw["during"][0]), day(raw["during"][1]))
    return out


def check(view: GraphView, case: dict[str, Any]) -> None:
    query = question(case.get("query", {}))
    match case["ask"]:
        case "expand" | "chain" as ask:
            got = (
                view.expand(case["from"], ExpandQuery(**query))
                if ask == "expand"
                else view.chain(case["from"], ChainQuery(**query))
            )
            assert (uids(got), lids(got)) == (case["entities"], case["links"])
            assert got.truncated is case.get("truncated", False)
            assert list(got.hops) == case.get("hops", list(got.hops))
        case "paths":
            answer = view.paths(case["from"], case["to"], PathQuery(**query))
            assert [[e.uid for e in path.entities] for path in answer.paths] == case["paths"]
        case "search":
            page = view.search(SearchQuery(case["text"]))
            assert ([hit.entity.uid for hit in page.hits], page.total) == (case["found"], len(case["found"]))
        case "counts":
            counts = view.counts()
            assert (dict(counts.by_type), counts.links) == (case["by_type"], case["links"])
            assert counts.entities == sum(case["by_type"].values())
        case "entity":
            entity = view.entity(case["from"])
            assert (entity.caption if entity else None) == case["caption"]
            assert len(entity.rids if entity else ()) == case.get("records", 0)
            if entity and "properties" in case:
                assert {k: list(v) for k, v in entity.properties.items()} == case["properties"]
        case "export":
            arrays = view.export(ExportQuery(**query))
            assert (list(arrays.uids), list(arrays.lids)) == (case["entities"], case["links"])
        case other:
            pytest.fail(f"no such question: {other}")


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_corpus(store: GraphStore, name: str) -> None:
    graph = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    world_of(graph).into(store)
    assert len(graph["cases"]) >= 8
    for number, case in enumerate(graph["cases"]):
        reader: AccessContext = READERS[case.get("as", "plain")]
        if "as_at" in case:
            reader = at(reader, case["as_at"])
        try:
            check(store.view(reader), case)
        except AssertionError as error:
            error.add_note(f"corpus/{name}.json, case {number}: {case}")
            raise
