"""The events behind a link: only for who may read, and for a link that counts nothing there are none."""

from api.entities.schemas import OccurrencesAnswer
from tests.api import world
from tests.api.client import Server
from tests.api.conftest import World


def _a_link(server: Server, loaded: World) -> str:
    around = server.get(f"/v1/entities/{loaded.uids[world.WASH]}/neighbours").json()
    return str(around["links"][0]["lid"])


def test_a_link_without_a_series_has_no_events(server: Server, loaded: World) -> None:
    answer = server.get(f"/v1/links/{_a_link(server, loaded)}/occurrences")
    assert answer.status_code == 200
    body = answer.json()
    assert OccurrencesAnswer.model_validate(body).model_dump(mode="json") == body
    assert (body["occurrences"], body["next"]) == ([], None)


def test_an_unknown_link_is_not_found(server: Server) -> None:
    assert server.get("/v1/links/aaaaaaaaaaaaaaaaaaaaaaaa/occurrences").status_code == 404


def test_a_cursor_of_another_link_is_refused(server: Server, loaded: World) -> None:
    path = f"/v1/links/{_a_link(server, loaded)}/occurrences"
    assert server.get(f"{path}?cursor=AAAA").status_code == 422


def test_reading_events_is_a_consultation(server: Server, loaded: World) -> None:
    lid = _a_link(server, loaded)
    server.get(f"/v1/links/{lid}/occurrences")
    rows = server.app.state.services.audit.rows(limit=10_000)
    assert any(row.event.action == "link.occurrences" for row in rows)
