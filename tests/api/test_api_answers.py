"""Answers fit the API description and say what the world holds."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from pydantic import BaseModel

from analytics.reports.paper import verify_document
from api.entities.schemas import EntityAnswer, EvidenceAnswer, NeighboursAnswer
from api.measures.schemas import CommunitiesAnswer, MeasureList, RankAnswer
from api.paths.schemas import BusinessPathsAnswer, PathsAnswer
from api.search.schemas import SearchBody
from api.stats.schemas import StatsAnswer
from api.style.schemas import StyleAnswer
from graphcore.evidence.ledger.register import SourceEntry
from tests.api import world
from tests.api.client import Server
from tests.api.conftest import World


class Names(dict[str, str]):
    def __init__(self, loaded: World) -> None:
        super().__init__(
            {
                ref: loaded.uids[getattr(world, ref.upper())]
                for ref in ("wash", "mags", "dev", "phone", "gang")
            }
        )


CASES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("/v1/search?q=ltd", SearchBody),
    ("/v1/entities/{wash}", EntityAnswer),
    ("/v1/entities/{wash}/evidence", EvidenceAnswer),
    ("/v1/entities/{wash}/neighbours?hops=3", NeighboursAnswer),
    ("/v1/paths?source={mags}&target={gang}&k=5", PathsAnswer),
    ("/v1/business-links?source={mags}&target={dev}", BusinessPathsAnswer),
    ("/v1/measures", MeasureList),
    ("/v1/measures/pagerank", RankAnswer),
    ("/v1/communities", CommunitiesAnswer),
    ("/v1/stats", StatsAnswer),
    ("/v1/style", StyleAnswer),
)


@pytest.mark.parametrize(("path", "model"), CASES, ids=[case[0] for case in CASES])
def test_answers_fit_their_models_field_by_field(
    server: Server, loaded: World, path: str, model: type[BaseModel]
) -> None:
    answer = server.get(path.format(**Names(loaded)))
    assert answer.status_code == 200
    body = answer.json()
    assert model.model_validate(body, strict=False).model_dump(mode="json") == body


def test_entity_with_its_evidence(server: Server, loaded: World) -> None:
    names = Names(loaded)
    answer = server.get("/v1/entities/{wash}".format(**names)).json()
    assert answer["entity"]["caption"] == "Suds and Shine Ltd"
    assert answer["entity"]["records"] == 1
    assert answer["origins"] == [{"source": "northshire", "entity_type": "Business", "reference": "B1"}]
    record = server.get("/v1/entities/{wash}/evidence".format(**names)).json()["records"][0]
    assert (record["file"], record["row"], record["original"]) == ("people.csv", 4, {"ref": "row 4"})
    assert record["grading"]["words"] == "Untested; Known indirectly but corroborated"
    assert (record["marking"], record["handling"], record["originator"]) == (
        "OFFICIAL-SENSITIVE",
        "3x5x2 P",
        "Northshire",
    )


def test_evidence_names_the_owners_of_its_sources(server: Server, loaded: World) -> None:
    path = "/v1/entities/{wash}/evidence".format(**Names(loaded))
    assert server.get(path).json()["sources"] == []
    register = server.services.workspace.ledger.register
    owner = SourceEntry(
        "Northshire Police", "records@northshire.example", "law enforcement", retention_group="2"
    )
    register.set("northshire", owner, by="ann", why="agreed")
    register.set("elsewhere", owner, by="ann", why="agreed")
    assert server.get(path).json()["sources"] == [
        {
            "source": "northshire",
            "organisation": "Northshire Police",
            "contact": "records@northshire.example",
            "lawful_basis": "law enforcement",
            "retention_group": "2",
        }
    ]
    register.set("northshire", replace(owner, compartment="KESTREL"), by="ann", why="covert now")
    assert server.get(path).json()["sources"] == []


def test_neighbours_and_link_evidence(server: Server, loaded: World) -> None:
    answer = server.get("/v1/entities/{wash}/neighbours".format(**Names(loaded))).json()
    assert answer["entities"][0]["caption"] == "Suds and Shine Ltd"
    assert {entity["caption"] for entity in answer["entities"]} == {
        "Suds and Shine Ltd",
        "Mags Tolliver",
        "Glimmer Holdings Ltd",
    }
    assert sorted(link["type"] for link in answer["links"]) == ["OFFICER_OF", "OWNS"]
    assert (answer["hops"], answer["truncated"], answer["marking"]) == (
        [0, 1, 1],
        False,
        "OFFICIAL-SENSITIVE",
    )
    only = server.get(
        "/v1/entities/{wash}/neighbours?link_type=OWNS&direction=in".format(**Names(loaded))
    ).json()
    assert [link["type"] for link in only["links"]] == ["OWNS"]
    assert len(server.get(f"/v1/links/{only['links'][0]['lid']}/evidence").json()["records"]) == 1
    cut = server.get("/v1/entities/{wash}/neighbours?hops=3&limit=3".format(**Names(loaded))).json()
    assert cut["truncated"] is True


def test_export_streams_lines_and_ends_with_the_count(server: Server, loaded: World) -> None:
    answer = server.get("/v1/entities/{wash}/neighbours/export?hops=3".format(**Names(loaded)))
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [orjson.loads(line) for line in answer.content.splitlines()]
    end = lines.pop()["end"]
    assert end["entities"] == sum("entity" in line for line in lines)
    assert end["links"] == sum("link" in line for line in lines)
    assert end["truncated"] is False


def test_paths_are_told_in_words(server: Server, loaded: World) -> None:
    answer = server.get("/v1/paths?source={mags}&target={dev}".format(**Names(loaded))).json()
    assert [step["type"] for step in answer["paths"][0]["steps"]] == ["USES_PHONE", "USES_PHONE"]
    assert "Mags Tolliver" in answer["paths"][0]["steps"][0]["text"]
    business = server.get("/v1/business-links?source={mags}&target={dev}".format(**Names(loaded))).json()
    assert business["paths"]


def test_a_question_that_does_not_fit_is_422(server: Server, loaded: World) -> None:
    answer = server.get("/v1/business-links?source={mags}&target={phone}".format(**Names(loaded)))
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, "question")
    assert "Phone" not in answer.text
    assert server.get("/v1/reports/business/{phone}".format(**Names(loaded))).status_code == 422


def test_chart_in_four_forms(server: Server, loaded: World) -> None:
    body = {"uids": [loaded.uids[world.MAGS]], "hops": 2, "title": "Car washes"}
    made = server.request("POST", "/v1/charts", "reader", json=body)
    assert made.headers["content-type"] == "application/json"
    assert verify_document(made.content)
    assert len(made.json()["content"]["items"]) == 6
    for form, start in (("svg", "<svg"), ("html", "<!DOCTYPE html>"), ("graphml", "<?xml")):
        answer = server.request("POST", f"/v1/charts?format={form}", "reader", json=body)
        assert answer.status_code == 200
        assert answer.text.startswith(start)
        assert "<script>alert" not in answer.text
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert "northshire" not in answer.headers["content-disposition"].lower()
    svg = server.get("/v1/charts?format=svg&uid={wash}".format(**Names(loaded)))
    assert ElementTree.fromstring(svg.content).tag.endswith("svg")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("image/svg+xml", "image/svg+xml"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/graphml+xml", "application/graphml+xml"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/plain, */*", "application/json"),
    ],
)
def test_accept_header_chooses_the_form(server: Server, loaded: World, accept: str, media: str) -> None:
    answer = server.get("/v1/charts?uid={wash}".format(**Names(loaded)), headers={"Accept": accept})
    assert answer.headers["content-type"].replace("; charset=utf-8", "") == media.replace(
        "; charset=utf-8", ""
    )


def test_form_that_does_not_exist_is_406(server: Server, loaded: World) -> None:
    answer = server.get(
        "/v1/charts?uid={wash}".format(**Names(loaded)), headers={"Accept": "application/pdf"}
    )
    assert answer.status_code == 406


def test_chart_of_named_entities_alone(server: Server, loaded: World) -> None:
    names = Names(loaded)
    answer = server.get("/v1/charts?hops=0&uid={wash}&uid={mags}&uid={gang}".format(**names)).json()[
        "content"
    ]
    assert {item["uid"] for item in answer["items"]} == {names["wash"], names["mags"], names["gang"]}
    assert [link["type"] for link in answer["links"]] == ["OFFICER_OF"]


def test_business_chain_report(server: Server, loaded: World) -> None:
    made = server.get("/v1/reports/business/{wash}".format(**Names(loaded)))
    assert verify_document(made.content)
    captions = set(made.json()["content"]["names"].values())
    assert {"Suds and Shine Ltd", "Glimmer Holdings Ltd", "Mags Tolliver"} <= captions
    page = server.get(
        "/v1/reports/business/{wash}?format=html&recipient=Port%20police".format(**Names(loaded))
    )
    assert "Suds and Shine Ltd" in page.text
    assert "OFFICIAL-SENSITIVE" in page.text
    assert server.services.audit.rows(0, 100_000)[-1].event.operation == "disclosure"


def test_rank_says_what_it_does_not_say(server: Server) -> None:
    answer: dict[str, Any] = server.get("/v1/measures/degree?top=1").json()
    assert answer["does_not_say"]
    assert answer["rows"][0]["rank"] == 1
    assert (answer["entities"], answer["links"], answer["method"]) == (7, 7, "exact")


def test_marks_of_types_are_pictures(server: Server) -> None:
    answer = server.get("/v1/symbols/Person")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert ElementTree.fromstring(answer.content).tag.endswith("svg")
