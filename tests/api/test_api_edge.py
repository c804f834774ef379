"""Rates, turns, strict bodies and log lines: what a greedy or hostile caller meets."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.errors import ProblemError
from api.fairness import Fairness, Turns
from api.logs import JsonLines
from api.rates import HEAVY, Rate, Rates
from api.settings import Settings
from tests.api import world
from tests.api.client import Server, start
from tests.api.conftest import World
from tests.api.test_api_access import BODIES, HOLDER, call, operations


@pytest.fixture
def thrifty(tmp_path: Path) -> Iterator[Server]:
    """A server with little patience."""
    world.build(tmp_path)
    made = start(tmp_path, rate=0.001, rate_burst=25.0, address_rate=0.001, address_burst=5.0)
    yield made
    made.close()


@pytest.mark.catalogue("L09")
def test_rate_is_by_subject_and_by_cost(thrifty: Server) -> None:
    answers = [thrifty.get("/v1/communities") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].json()["type"].endswith(":rate")
    assert int(answers[-1].headers["retry-after"]) > 1
    plain = [thrifty.get("/v1/stats").status_code for _ in range(5)]
    assert plain == [200, 200, 200, 200, 429], "a heavy question costs ten plain ones"
    assert thrifty.get("/v1/communities", "cleared").status_code == 200, "somebody else's are their own"


@pytest.mark.catalogue("L09", "S17")
def test_rate_of_refused_tokens_and_sign_ins_is_by_address(thrifty: Server) -> None:
    wrong = {"Authorization": "Bearer ocb_nonsense"}
    answers = [thrifty.get("/v1/stats", None, headers=wrong).status_code for _ in range(7)]
    assert answers == [401] * 5 + [429] * 2
    rows = [row.event for row in thrifty.services.audit.rows(0, 1_000)]
    assert sum(row.action == "token" for row in rows) == 5, "the log does not grow with the tries"
    body = {"name": "reader", "password": "x", "purpose": "investigation", "reason": "x"}
    assert thrifty.request("POST", "/v1/session", json=body).status_code == 429
    assert thrifty.get("/v1/stats").status_code == 200, "who holds a token works on"


def test_bucket_fills_with_time_and_says_when() -> None:
    now = [0.0]
    rates = Rates(Rate(burst=10, per_s=2), lambda: now[0])
    rates.take("a", HEAVY)
    rates.take("a")
    with pytest.raises(ProblemError) as refused:
        rates.take("a", HEAVY)
    assert refused.value.headers["Retry-After"] == "5"
    now[0] = 4.4
    with pytest.raises(ProblemError):
        rates.take("a", HEAVY)
    now[0] = 4.5
    rates.take("a", HEAVY)
    rates.take("b", 10)
    now[0] = 1e6
    rates.take("a", 10)
    with pytest.raises(ProblemError):
        rates.take("a")


def test_buckets_are_bounded() -> None:
    rates = Rates(Rate(1, 1), lambda: 0.0)
    for number in range(20_000):
        rates.take(f"address-{number}")
    assert len(rates._buckets) == 10_000


class Line:
    """Heavy questions whose end the test decides; remembers in which order they ran."""

    def __init__(self, turns: Turns) -> None:
        self.fairness = Fairness(turns)
        self.order: list[str] = []
        self.refused = 0
        self.threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._may_end = threading.Semaphore(0)

    def ask(self, subject: str) -> None:
        def work() -> None:
            try:
                with self.fairness.turn(subject):
                    with self._changed:
                        self.order.append(subject)
                        self._changed.notify_all()
                    self._may_end.acquire()
            except ProblemError:
                with self._changed:
                    self.refused += 1
                    self._changed.notify_all()

        self.threads.append(threading.Thread(target=work))
        self.threads[-1].start()

    def until(self, true: Any) -> None:
        with self._changed:
            assert self._changed.wait_for(true, 20)

    def end_one(self) -> None:
        self._may_end.release()

    def close(self) -> None:
        for _ in self.threads:
            self._may_end.release()
        for thread in self.threads:
            thread.join(20)


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(Turns(at_once=2, per_subject=1, waiting_per_subject=4, waiting=6))
    yield made
    made.close()


@pytest.mark.catalogue("L08")
def test_others_wait_for_one_question_at_most_whatever_one_subject_asks(line: Line) -> None:
    for _ in range(200):
        line.ask("flood")
    line.until(lambda: line.refused == 195 and line.order == ["flood"])
    line.ask("other")
    line.until(lambda: line.order == ["flood", "other"])
    line.ask("third")
    line.until(lambda: line.fairness._queues.get("third"))
    line.end_one()
    line.until(lambda: len(line.order) >= 3)
    line.end_one()
    line.until(lambda: "third" in line.order)
    assert line.order.index("third") <= 3, "one question of the flood at most came before it"


def test_waiting_in_all_is_bounded(line: Line) -> None:
    for subject in "abcdefghij":
        line.ask(subject)
    line.until(lambda: line.refused == 2)
    line.close()
    assert len(line.order) == 8


def test_turn_that_does_not_come_is_given_up() -> None:
    fairness = Fairness(Turns(at_once=1, wait_s=0.05))
    with fairness.turn("a"):
        with pytest.raises(ProblemError), fairness.turn("b"):
            pytest.fail("no turn was free")
        assert not fairness._queues
    with fairness.turn("b"):
        pass
    assert fairness._running.total() == 0


STRICT = (
    b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": "\\ud800"}', b"[" * 5_000 + b"]" * 5_000,
    b"{'a': 1}", b'{"a": 1,}', b'\xef\xbb\xbf{"a": 1}', b'{"a": "\xff"}', b'{"a": 01}', b"{} {}",
)  # fmt: skip


@pytest.mark.catalogue("L04")
@pytest.mark.parametrize("raw", STRICT, ids=range(len(STRICT)))
@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-16", "application/x+json"]
)
def test_body_that_only_some_parsers_take(server: Server, raw: bytes, kind: str) -> None:
    headers = {"Content-Type": kind}
    answer = server.request("POST", "/v1/lexicon/terms", "loader", content=raw, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:ocb-graph:problem:json")


@pytest.mark.catalogue("I27", "I28")
def test_extra_fields_are_refused_everywhere(
    server: Server, loaded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0
    for operation in operations(server):
        spec = operation[2]
        body = BODIES.get(spec["operationId"], {}).get("json")
        if body is None or spec["operationId"] == "signIn":
            continue
        role = spec["x-role"]
        who = HOLDER.get(role, "reader") if role != "public" else None
        for extra in ("role", "owner", "id", "grade", "is_admin", "__proto__", "constructor", "prototype"):
            monkeypatch.setitem(BODIES, spec["operationId"], {"json": {**body, extra: {"polluted": True}}})
            answer = call(server, operation, loaded.uids, who)
            assert answer.status_code == 422, (operation[:2], extra, answer.text)
            assert "polluted" not in answer.text
            tried += 1
    assert tried > 60


@pytest.mark.catalogue("L13")
def test_method_matrix(server: Server, loaded: World) -> None:
    paths: dict[str, set[str]] = {}
    for method, path, _ in operations(server):
        paths.setdefault(path, set()).add(method)
    for path, known in paths.items():
        for method in {"HEAD", "TRACE", "PATCH", "OPTIONS", "CONNECT", "PROPFIND"} - known:
            headers = {"X-HTTP-Method-Override": "GET", "X-Method-Override": "DELETE", "X-HTTP-Method": "PUT"}
            answer = server.request(method, path.replace("{", "").replace("}", ""), "admin", headers=headers)
            assert answer.status_code == 405, (method, path)
            assert set(answer.headers["allow"].split(", ")) <= known, (method, path)


@pytest.mark.catalogue("L03")
@pytest.mark.parametrize("count", [1_001, 5_000])
def test_too_many_files_or_fields(server: Server, count: int) -> None:
    files = [("file", (f"{n}.csv", b"a")) for n in range(count)]
    answer = server.request("POST", "/v1/ingest/files", "loader", files=files)
    assert answer.status_code in {400, 422}
    fields = {f"field{n}": "x" for n in range(count)}
    answer = server.request(
        "POST", "/v1/ingest/files", "loader", data=fields, files={"file": ("a.csv", b"a")}
    )
    assert answer.status_code in {400, 422}
    assert "field7" not in answer.text


@pytest.mark.catalogue("I16", "A30")
def test_log_line_is_one_line_of_json_and_quotes_no_record() -> None:
    hostile = 'x\r\n{"level": "CRITICAL"} \x1b]0;title\x07 \u202e \u2028 \ud800'
    record = logging.LogRecord("api", logging.ERROR, __file__, 1, "request %s failed", (hostile,), None)
    with pytest.raises(KeyError) as caught:
        _ = dict[str, int]()["Mags Tolliver +447700900123"]
    record.exc_info = (caught.type, caught.value, caught.tb)
    text = JsonLines().format(record)
    assert text.isascii()
    assert text.isprintable()
    told = json.loads(text)
    assert told["message"] == f"request {hostile} failed"
    assert (told["error"], "Tolliver" in text) == ("KeyError", False)


@pytest.mark.catalogue("I17")
def test_download_names_are_our_own(server: Server, loaded: World) -> None:
    evil = loaded.uids[world.EVIL]
    for form in ("html", "svg", "graphml", "json"):
        answer = server.get("/v1/charts", params={"uid": evil, "format": form})
        name = answer.headers["content-disposition"]
        assert name.partition('filename="')[2].startswith("link-chart-"), name
        assert "script" not in name


def test_settings_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCB_RATE", "100")
    monkeypatch.setenv("OCB_PROXIES", " 10.0.0.1, 10.0.0.2 ")
    made = Settings.from_environment(tmp_path)
    assert (made.rate, made.rate_burst, made.proxies) == (100.0, 4000.0, {"10.0.0.1", "10.0.0.2"})
    monkeypatch.setenv("OCB_RATE", "fast")
    with pytest.raises(ValueError, match="OCB_RATE"):
        Settings.from_environment(tmp_path)
