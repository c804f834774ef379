"""Bad and greedy requests: refused early, with a problem that repeats nothing of them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api import world
from tests.api.client import Server, start
from tests.api.conftest import World

PROBLEM = "application/problem+json"
MARKER = "zqxj7"


@pytest.mark.catalogue("L11")
def test_unknown_host_is_refused(server: Server) -> None:
    for host in ("evil.example", "localhost.evil.example", "169.254.169.254"):
        answer = server.get("/v1/health", None, host=host)
        assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert server.get("/v1/health", None, host="127.0.0.1:8000").status_code == 200


@pytest.mark.catalogue("L12")
def test_no_cors_for_anybody(server: Server) -> None:
    answer = server.get("/v1/stats", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert server.request("OPTIONS", "/v1/stats", "reader").status_code == 405


@pytest.mark.catalogue("L13")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "HEAD", "OPTIONS"])
def test_other_methods(server: Server, method: str) -> None:
    answer = server.request(method, "/v1/stats", "reader", headers={"X-HTTP-Method-Override": "GET"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.catalogue("L01")
def test_large_bodies_are_refused_by_length_and_by_count(server: Server) -> None:
    big = b"x" * ((1 << 20) + 1)
    answer = server.request("POST", "/v1/charts", "reader", content=big)
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    answer = server.request("POST", "/v1/charts", "reader", content=pieces())
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


@pytest.mark.catalogue("L02")
def test_slow_body_is_cut(loaded: World, tmp_path: Any) -> None:
    world.build(tmp_path / "w")
    slow = start(tmp_path / "w", body_timeout_s=0.2)

    async def drip() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(2)
        yield b"}"

    answer = slow.request("POST", "/v1/charts", "reader", content=drip())
    slow.close()
    assert answer.status_code == 408


@pytest.mark.catalogue("L05")
def test_long_address_is_refused(server: Server) -> None:
    assert server.get("/v1/search?q=" + "a" * 9000).status_code == 414


BAD = (
    "/v1/paths?source=a&target=b&k=1000000000",
    "/v1/paths?source=a&target=b&max_links=99",
    "/v1/paths?source=a",
    f"/v1/paths?source={MARKER}%20x&target=b",
    "/v1/entities/abc/neighbours?hops=7",
    "/v1/entities/abc/neighbours?limit=0",
    f"/v1/entities/abc/neighbours?direction={MARKER}",
    f"/v1/entities/abc/neighbours?link_type={MARKER}",
    "/v1/entities/abc/neighbours?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
    "/v1/entities/abc/neighbours?since=2026-01-02",
    f"/v1/measures/{MARKER}",
    "/v1/measures/degree?top=0",
    f"/v1/measures/degree?type={MARKER}",
    "/v1/communities?resolution=nan",
    "/v1/communities?resolution=-1",
    "/v1/search?q=",
    f"/v1/search?q=a&cursor={MARKER}",
    "/v1/search?q=a&limit=100000",
    f"/v1/stats?as_at={MARKER}",
    f"/v1/entities/{MARKER}%0d%0aSet-Cookie",
    f"/v1/symbols/{MARKER}",
)


@pytest.mark.catalogue("L07", "A25")
@pytest.mark.parametrize("path", BAD)
def test_bad_values_are_422_and_not_repeated(server: Server, path: str) -> None:
    answer = server.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert MARKER not in answer.text
    assert MARKER not in str(answer.headers)


BAD_BODIES: tuple[Any, ...] = (
    b"",
    b"{",
    b"[" * 100_000,
    b'{"uids":["a"],"limit":NaN}',
    b'{"uids":["\\ud800"]}',
    b'{"uids":[]}',
    b'{"uids":["a"],"zqxj7":1}',
    b'{"uids":"zqxj7"}',
    b'{"uids":["zqxj7 "]}',
    b'{"uids":["a"],"hops":1e999}',
    b'{"uids":["a"],"link_types":["zqxj7"]}',
    b"\xff\xfe",
    ('{"uids":[' + ",".join(['"a"'] * 100_000) + "]}").encode(),
)


@pytest.mark.catalogue("L04")
@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_bad_bodies_are_refused_and_not_repeated(server: Server, body: bytes) -> None:
    answer = server.request(
        "POST", "/v1/charts", "reader", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == PROBLEM
    assert MARKER not in answer.text


@pytest.mark.catalogue("I04", "I06")
def test_query_syntax_is_text(server: Server) -> None:
    for text in (
        '"',
        "*",
        "NEAR(a b)",
        "-",
        "^",
        "a OR b",
        "caption:x",
        "'; DROP TABLE entity; --",
        "\u0000",
        "a" * 500,
        "%",
        "_",
    ):
        answer = server.get("/v1/search", params={"q": text})
        assert answer.status_code in {200, 422}, text
    assert server.get("/v1/search?q=%25").json()["total"] == 0
    assert server.get("/v1/stats").json()["entities"] == 7


def test_heavy_questions_wait_for_their_turn(server: Server) -> None:
    fairness = server.services.fairness
    with fairness.turn("reader"):
        assert server.get("/v1/communities", "cleared").status_code == 200
    assert server.get("/v1/communities").status_code == 200


def test_unknown_address_is_404_and_not_repeated(server: Server) -> None:
    answer = server.get(f"/v1/{MARKER}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert MARKER not in answer.text
    assert server.get("/v1/stats/").status_code == 404
    assert server.get("/docs").status_code == 404


@pytest.mark.parametrize(
    "path", ["/static/../settings.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/nothing.js"]
)
def test_static_folder_gives_nothing_else(server: Server, path: str) -> None:
    answer = server.get(path, None)
    assert answer.status_code in {401, 404}
    assert answer.headers["content-type"] == PROBLEM


def test_security_headers_on_everything(server: Server) -> None:
    for path, who in (
        ("/", None),
        ("/v1/health", None),
        ("/static/app.js", None),
        ("/v1/stats", "reader"),
        ("/nothing", "reader"),
    ):
        headers = server.get(path, who).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert len(headers["x-request-id"]) == 16
