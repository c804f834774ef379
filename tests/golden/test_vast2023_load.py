"""The VAST 2023 graph loads whole, with its traps: ids that collide as text, mojibake, cycles, a misspelt attribute."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.store.query import ChainQuery, Direction, ExpandQuery
from graphcore.workspace import Workspace
from ingest.pipeline import LoadSummary, load

pytestmark = [pytest.mark.shared_data]

READER = AccessContext("tester", "northshire", Marking.OFFICIAL, Purpose(PurposeCode.SYSTEM, "golden load"))
TYPES = {
    "person": "Person", "organization": "Organisation", "political_organization": "Organisation", "movement": "Organisation",
    "location": "Location", "vessel": "Vehicle", "company": "Business", "event": "Event", None: "Unknown",
}  # fmt: skip
LINKS = {
    "ownership": "OWNS",
    "partnership": "PARTNER_OF",
    "family_relationship": "FAMILY_OF",
    "membership": "MEMBER_OF",
}


@pytest.fixture(scope="module")
def document(shared_data: Path) -> dict:
    """The file as json reads it."""
    return json.loads((shared_data / "vast2023_mc1" / "MC1.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def vast(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Workspace, LoadSummary]]:
    """The set loaded once."""
    with Workspace.open(tmp_path_factory.mktemp("vast")) as workspace:
        yield workspace, load(workspace, "node_link_json", shared_data / "vast2023_mc1" / "MC1.json")


def uid_of(workspace: Workspace, entity_type: str, reference: str) -> str:
    return workspace.ids.origin("node_link_json", entity_type, reference)


def test_vast_counts(vast, document) -> None:
    workspace, summary = vast
    assert summary.counts() == {
        "read": 14_497,
        "loaded": 14_497,
        "unchanged": 0,
        "quarantined": 0,
        "waiting": 0,
    }
    counts = workspace.store().view(READER).counts()
    assert (counts.entities, counts.links) == (3_428, 11_069)
    assert counts.by_type == Counter(TYPES[node.get("type")] for node in document["nodes"])
    assert counts.links_by_type == Counter(LINKS[link["type"]] for link in document["links"])


def test_vast_ids_that_are_equal_as_text_stay_apart(vast, document) -> None:
    workspace, _ = vast
    numbers = {str(node["id"]): node for node in document["nodes"] if isinstance(node["id"], int)}
    collide = [node for node in document["nodes"] if isinstance(node["id"], str) and node["id"] in numbers]
    assert len(collide) == 11
    view = workspace.store().view(READER)
    for node in collide:
        text = view.entity(uid_of(workspace, TYPES[node.get("type")], f'"{node["id"]}"'))
        number = view.entity(uid_of(workspace, TYPES[numbers[node["id"]].get("type")], node["id"]))
        assert text is not None
        assert number is not None
        assert text.uid != number.uid
        assert text.caption == number.caption == node["id"]


def test_vast_degrees_of_the_suspects(vast, document) -> None:
    """Published degrees (out/in): 979893388 124/81, 8327 6/9, Mar de la Vida 5/12, Oceanfront 4/0.

    Partnership and family have no direction here: so direction is compared over the other two, and the sum over all.
    """
    workspace, _ = vast
    view = workspace.store().view(READER)
    published = {
        979893388: (124, 81),
        8327: (6, 9),
        "Mar de la Vida OJSC": (5, 12),
        "Oceanfront Oasis Inc Carriers": (4, 0),
    }
    captions = {entity.caption: entity.uid for entity in view.iter_entities()}
    for name, (out, into) in published.items():
        uid = captions[str(name)]
        links = view.expand([uid], ExpandQuery(hops=1, limit=5_000)).links
        assert len(links) == out + into
        assert all(uid in (link.source, link.target) for link in links)
        directed = [link for link in links if link.type in ("OWNS", "MEMBER_OF")]
        said = [link for link in document["links"] if link["type"] in ("ownership", "membership")]
        assert sum(link.source == uid for link in directed) == sum(link["source"] == name for link in said)
        assert sum(link.target == uid for link in directed) == sum(link["target"] == name for link in said)


def test_vast_traps_are_reported(vast) -> None:
    _, summary = vast
    assert [warning for warning in summary.warnings if "weightlcoat" in warning] == [
        "MC1.json#links: weightlcoat: attribute not in the mapping: meant is perhaps 'weight' (1 times, first in row 9391)"
    ]
    assert any(warning.startswith("MC1.json#nodes: id: mojibake") for warning in summary.warnings)


def test_vast_mojibake_is_kept_as_received(vast, document) -> None:
    workspace, _ = vast
    captions = {entity.caption for entity in workspace.store().view(READER).iter_entities()}
    odd = {str(node["id"]) for node in document["nodes"] if not str(node["id"]).isascii()}
    assert len(odd) > 50
    assert {text for text in odd if text not in captions} == set()


def test_vast_cycles_of_ownership_end(vast) -> None:
    workspace, _ = vast
    view = workspace.store().view(READER)
    (start,) = [entity for entity in view.iter_entities() if entity.caption == "979893388"]
    chain = view.chain(start.uid, ChainQuery(Direction.OUT, frozenset({"OWNS"}), max_depth=50))
    assert len(chain.entities) > 10
    assert len({entity.uid for entity in chain.entities}) == len(chain.entities)


def test_vast_second_load_adds_nothing(vast, shared_data: Path) -> None:
    workspace, _ = vast
    before = workspace.store().fingerprint()
    again = load(workspace, "node_link_json", shared_data / "vast2023_mc1" / "MC1.json")
    assert (again.loaded, again.unchanged) == (0, 14_497)
    assert workspace.store().fingerprint() == before
