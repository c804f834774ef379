"""The audit row stands before the answer: no row, no data; and an outcome however the request ends."""

import asyncio
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graphcore.audit import AuditEvent, Phase, Status
from graphcore.errors import AuditError
from graphcore.store.port import GraphView
from tests.api import world
from tests.api.client import PURPOSE, Server, start
from tests.api.conftest import World


def _copy(loaded: World) -> Path:
    folder = loaded.folder.parent / f"audit-{time.monotonic_ns()}"
    shutil.copytree(
        loaded.folder, folder, ignore=shutil.ignore_patterns("audit*", "access*", "jobs*", "audit.key")
    )
    return folder


@pytest.fixture
def fresh(loaded: World) -> Iterator[Server]:
    """A server of its own on the loaded workspace."""
    made = start(_copy(loaded))
    yield made
    made.close()


@pytest.fixture
def hasty(loaded: World) -> Iterator[Server]:
    """The same with a short time limit."""
    made = start(_copy(loaded), timeout_s=1.5)
    yield made
    made.close()


def last(server: Server, number: int = 2) -> list[AuditEvent]:
    return [row.event for row in server.services.audit.rows(0, 100_000)][-number:]


def test_intent_and_outcome_of_a_read(fresh: Server, loaded: World) -> None:
    uid = loaded.uids[world.WASH]
    answer = fresh.get(f"/v1/entities/{uid}")
    intent, outcome = last(fresh)
    assert (intent.phase, intent.action, intent.subject, intent.organisation) == (
        Phase.INTENT, "entity.read", "reader", "Northshire",
    )  # fmt: skip
    assert (intent.purpose, intent.reason, intent.reference) == (
        "investigation",
        "Who controls the car washes",
        "Larkspur",
    )
    assert (intent.operation, intent.entities) == ("consultation", (uid,))
    assert (outcome.entry, outcome.status, outcome.count, outcome.entities) == (
        intent.entry,
        Status.ANSWERED,
        1,
        (uid,),
    )
    assert outcome.sent_bytes == len(answer.content)


@pytest.mark.catalogue("U20")
def test_search_words_are_sealed(fresh: Server) -> None:
    fresh.get("/v1/search?q=tolliver")
    row = fresh.services.audit.rows(0, 1000)[-2]
    assert "tolliver" in fresh.services.audit.question(row)
    assert b"tolliver" not in (fresh.services.settings.workspace / "audit.sqlite3-wal").read_bytes()


def test_no_intent_no_answer(fresh: Server, loaded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = loaded.uids[world.WASH]
    touched: list[str] = []

    def refuse(_event: AuditEvent) -> None:
        raise AuditError("disk full")

    def view(_context: Any) -> GraphView:
        touched.append("view")
        raise AssertionError("nothing may be read")

    monkeypatch.setattr(type(fresh.services.audit._writer), "write", lambda _self, event: refuse(event))
    monkeypatch.setattr(type(fresh.services.store), "view", lambda _self, context: view(context))
    for path in (
        "/v1/stats", "/v1/search?q=suds", f"/v1/entities/{uid}", f"/v1/entities/{uid}/evidence", f"/v1/charts?uid={uid}",
        f"/v1/entities/{uid}/neighbours", f"/v1/entities/{uid}/neighbours/export", "/v1/measures/degree", "/v1/communities",
        f"/v1/reports/business/{uid}", f"/v1/paths?source={uid}&target={uid}", "/v1/outputs",
    ):  # fmt: skip
        answer = fresh.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Suds" not in answer.text
    assert fresh.get("/v1/audit/rows", "auditor").status_code == 503
    assert touched == []


@pytest.mark.catalogue("U05")
def test_failure_in_the_handler_is_500_without_a_word_of_it_and_has_an_outcome(
    fresh: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Any, _query: Any) -> Any:
        raise ZeroDivisionError("secret of the trace")

    monkeypatch.setattr("graphcore.store.embedded.view.EmbeddedView.search", fail)
    answer = fresh.get("/v1/search?q=suds")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"]
    assert last(fresh)[1].status == Status.FAILED
    monkeypatch.undo()
    assert fresh.get("/v1/search?q=suds").status_code == 200


def test_not_found_is_its_own_outcome(fresh: Server) -> None:
    fresh.get("/v1/entities/unknown")
    assert last(fresh)[1].status == Status.NOT_FOUND


@pytest.mark.catalogue("U05")
def test_timeout_answers_503_and_the_outcome_says_so(hasty: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = hasty.services.store.view

    def slow(context: Any) -> Any:
        time.sleep(3)
        return real(context)

    monkeypatch.setattr(hasty.services, "store", _Slow(slow))
    answer = hasty.get("/v1/stats")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "timeout")
    deadline = time.monotonic() + 10
    while last(hasty)[1].phase is not Phase.OUTCOME and time.monotonic() < deadline:
        time.sleep(0.05)
    assert last(hasty)[1].status == Status.TIMEOUT


class _Slow:
    def __init__(self, view: Any) -> None:
        self.view = view


@pytest.mark.catalogue("U05", "U06")
def test_reader_that_goes_away_in_a_stream_leaves_an_outcome(fresh: Server, loaded: World) -> None:
    uid = loaded.uids[world.WASH]

    async def drop() -> None:
        sent = 0
        asked = 0

        async def receive() -> dict[str, Any]:
            nonlocal asked
            asked += 1
            if asked > 1:
                await asyncio.sleep(3600)
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal sent
            if message["type"] == "http.response.body":
                sent += 1
                if sent == 2:
                    raise OSError("gone")

        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {fresh.tokens['reader']}".encode())]
        headers += [(name.lower().encode(), value.encode()) for name, value in PURPOSE.items()]
        scope = {
            "type": "http", "method": "GET", "path": f"/v1/entities/{uid}/neighbours/export", "query_string": b"",
            "headers": headers, "client": ("127.0.0.1", 1), "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"},
            "server": ("localhost", 80), "root_path": "", "raw_path": b"",
        }  # fmt: skip
        with pytest.raises((OSError, ExceptionGroup)):
            await fresh.app(scope, receive, send)
        await asyncio.sleep(0)

    fresh.run(drop())
    outcome = last(fresh)[1]
    assert outcome.phase is Phase.OUTCOME
    assert outcome.status in {Status.DROPPED, Status.CUT}
    assert outcome.sent_bytes > 0


@pytest.mark.catalogue("U17")
def test_disclosure_names_its_recipient(fresh: Server, loaded: World) -> None:
    body = {"uids": [loaded.uids[world.WASH]], "recipient": "Port police"}
    assert fresh.request("POST", "/v1/charts", "reader", json=body).status_code == 200
    intent = last(fresh)[0]
    assert (intent.operation, intent.recipients) == ("disclosure", ("Port police",))


def test_every_answered_read_has_an_intent(fresh: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults in the log at random: whatever was answered 200 has its row."""
    chance = random.Random(7)
    writer = type(fresh.services.audit._writer)
    real = writer.write
    written: list[str] = []

    def shaky(self: Any, event: AuditEvent) -> None:
        if chance.random() < 0.3:
            raise AuditError("fault")
        real(self, event)
        if event.phase is Phase.INTENT:
            written.append(event.entry)

    monkeypatch.setattr(writer, "write", shaky)
    answers = [fresh.get("/v1/stats").status_code for _ in range(60)]
    assert set(answers) == {200, 503}
    assert answers.count(200) == len(written)
    assert fresh.services.audit.verify().sound
