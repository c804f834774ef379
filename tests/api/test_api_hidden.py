"""What a reader may not see does not exist: same bytes as for an id that never was, and as in a world without it."""

import re
import shutil
from collections.abc import Iterator

import pytest

from tests.api import world
from tests.api.client import Server, start
from tests.api.conftest import World

UNKNOWN = "a" * 24


@pytest.fixture(scope="module")
def innocent(loaded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same world under the same key, where the hidden records were never loaded."""
    folder = tmp_path_factory.mktemp("innocent")
    shutil.copytree(loaded.folder / "keys", folder / "keys")
    (folder / "keys" / "audit.key").unlink()
    assert world.build(folder, hidden=False) == loaded.uids
    made = start(folder)
    yield made
    made.close()


ROUTES = (
    "/v1/entities/{}",
    "/v1/entities/{}/evidence",
    "/v1/entities/{}/neighbours",
    "/v1/entities/{}/neighbours/export",
    "/v1/links/{}/evidence",
    "/v1/charts?uid={}",
    "/v1/reports/business/{}",
    "/v1/paths?source={}&target={mags}",
    "/v1/paths?target={}&source={mags}",
    "/v1/business-links?source={}&target={mags}",
)


@pytest.mark.catalogue("A07")
@pytest.mark.parametrize("route", ROUTES)
def test_hidden_id_answers_as_an_unknown_one(server: Server, loaded: World, route: str) -> None:
    mags, secret = loaded.uids[world.MAGS], loaded.uids[world.SECRET]
    hidden = server.get(route.format(secret, mags=mags))
    unknown = server.get(route.format(UNKNOWN, mags=mags))
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    differ = {"x-request-id"}
    assert {k: v for k, v in hidden.headers.items() if k not in differ} == {
        k: v for k, v in unknown.headers.items() if k not in differ
    }


def test_the_cleared_reader_sees_it(server: Server, loaded: World) -> None:
    answer = server.get(f"/v1/entities/{loaded.uids[world.SECRET]}", "cleared")
    assert answer.json()["entity"]["caption"] == "Quentin Veil"
    assert server.get("/v1/search?q=quentin", "cleared").json()["total"] == 1
    assert server.get(f"/v1/entities/{loaded.uids[world.WASH]}", "cleared").json()["entity"]["properties"][
        "alias"
    ]


QUESTIONS = (
    "/v1/stats",
    "/v1/search?q=quentin",
    "/v1/search?q=kestrel",
    "/v1/search?q=harbour",
    "/v1/entities/{wash}",
    "/v1/entities/{wash}/evidence",
    "/v1/entities/{phone}/neighbours?hops=2",
    "/v1/entities/{gang}/neighbours",
    "/v1/paths?source={mags}&target={gang}&k=10",
    "/v1/business-links?source={mags}&target={dev}",
    "/v1/measures/betweenness?top=100",
    "/v1/measures/pagerank?top=100",
    "/v1/measures/degree?top=100&type=Person",
    "/v1/communities",
    "/v1/charts?uid={phone}&hops=2",
    "/v1/reports/business/{wash}",
)
# When and under which ids of the moment a paper was made says nothing of its content.
MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT[\d:.]+Z|\"id\":\"(LC|BR)-[^\"]*\"|\"sha256\":\"[^\"]*\"")


@pytest.mark.catalogue("A08", "A11", "A12", "A13", "A14", "A23", "A24", "A31")
@pytest.mark.parametrize("who", ["reader", "low"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_equal_those_of_a_world_without_it(
    server: Server, innocent: Server, loaded: World, question: str, who: str
) -> None:
    names = {
        ref: loaded.uids[getattr(world, ref.upper())] for ref in ("wash", "phone", "gang", "mags", "dev")
    }
    path = question.format(**names)
    here, there = server.get(path, who), innocent.get(path, who)
    assert here.status_code == there.status_code
    assert MOMENT.sub(b"", here.content) == MOMENT.sub(b"", there.content)


def test_other_organisations_clearance_counts(server: Server, loaded: World) -> None:
    answer = server.get("/v1/stats", "low").json()
    assert (answer["entities"], answer["links"]) == (0, 0)


def test_as_at_shows_only_what_was_known(server: Server, loaded: World) -> None:
    assert server.get("/v1/stats?as_at=2025-06-01T00:00:00Z").json()["entities"] == 0
    assert server.get("/v1/stats?as_at=2026-06-01T00:00:00Z").json()["entities"] == 7


@pytest.mark.catalogue("A31")
def test_label_numbers_and_record_order_stay_inside(server: Server, loaded: World) -> None:
    wash = loaded.uids[world.WASH]
    for path in (
        f"entities/{wash}/neighbours?hops=3",
        f"reports/business/{wash}?format=json",
        f"charts?uid={wash}",
    ):
        text = server.get(f"/v1/{path}").text
        assert '"labels"' not in text, path
        assert '"seq"' not in text, path


@pytest.mark.catalogue("A09")
def test_cursor_is_bound_to_reader_and_question(server: Server, loaded: World) -> None:
    first = server.get("/v1/search?q=ltd&limit=1").json()
    assert (first["total"], len(first["hits"])) == (2, 1)
    second = server.get(f"/v1/search?q=ltd&limit=1&cursor={first['next']}").json()
    assert second["next"] is None
    assert {first["hits"][0]["entity"]["uid"], second["hits"][0]["entity"]["uid"]} == {
        loaded.uids[world.WASH],
        loaded.uids[world.SHELL],
    }
    for path, who in (("/v1/search?q=ltd&limit=1", "cleared"), ("/v1/search?q=suds", "reader")):
        refused = server.get(f"{path}&cursor={first['next']}", who)
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (422, "cursor")
    assert server.get("/v1/search?q=ltd&cursor=%F0%9F%98%80").status_code == 422
