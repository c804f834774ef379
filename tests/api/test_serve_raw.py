"""``ocb serve`` over raw sockets: requests that can be read in two ways, and requests that take their time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api import world

ROOT = Path(__file__).resolve().parents[2]
HOST = b"Host: localhost\r\n"
NEXT = b"GET /static/app.js HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
POST = b"POST /v1/session HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
PROGRAM = "import sys; from pathlib import Path; from api.serve import serve; serve(Path(sys.argv[1]), port=int(sys.argv[2]))"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("raw"), _free_port()
    world.build(folder)
    environment = {**os.environ, "OCB_BODY_TIMEOUT_S": "1", "OCB_ADDRESS_RATE": "1000"}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(server, port)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            if ask(port, b"GET /v1/health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n").startswith(
                b"HTTP/1.1 200"
            ):
                return
        except ConnectionError:
            time.sleep(0.2)
    pytest.fail("the server did not start")


def ask(port: int, raw: bytes, drip: Callable[[socket.socket], None] | None = None) -> bytes:
    """Everything that comes back until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.settimeout(20)
        connection.sendall(raw)
        answer = b""
        try:
            if drip:
                drip(connection)
            while part := connection.recv(65_536):
                answer += part
        except ConnectionError:
            pass
        return answer


def drops(connection: socket.socket) -> None:
    """A byte now and then, until the server has had enough."""
    for _ in range(60):
        connection.sendall(b" ")
        time.sleep(0.1)


SMUGGLED = {
    "both lengths": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "both lengths, the other way": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
    + NEXT,
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 60\r\n\r\n12345" + NEXT,
    "list of lengths": POST + b"Content-Length: 2, 2\r\n\r\n{}" + NEXT,
    "signed length": POST + b"Content-Length: +2\r\n\r\n{}" + NEXT,
    "space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "another encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + NEXT,
    "two encodings": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"
    + NEXT,
    "chunks in 1.0": POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "negative chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + NEXT,
    "endless chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n\r\n" + NEXT,
    "folded header": b"GET /v1/health HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n" + NEXT,
    "NUL in a header": b"GET /v1/health HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n" + NEXT,
}


@pytest.mark.catalogue("L14")
@pytest.mark.parametrize("raw", SMUGGLED.values(), ids=SMUGGLED)
def test_request_inside_a_request_is_never_answered(port: int, raw: bytes) -> None:
    answer = ask(port, raw)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 422 ")), answer[:60]
    assert b"javascript" not in answer


@pytest.mark.catalogue("L11", "L14")
@pytest.mark.parametrize(
    "hosts",
    [b"", b"Host: evil.example\r\n", HOST + b"Host: evil.example\r\n", b"Host: evil.example\r\n" + HOST],
)
def test_host_is_one_and_known(port: int, hosts: bytes) -> None:
    answer = ask(port, b"GET /v1/health HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"evil" not in answer


@pytest.mark.catalogue("L02")
@pytest.mark.parametrize(
    ("raw", "drip"),
    [
        (b"GET /v1/health HTTP/1.1\r\nHost: l", None),
        (b"GET /v1/health HTTP/1.1\r\nX: ", drops),
        (POST + b"Content-Length: 100\r\n\r\n{", None),
        (POST + b"Content-Length: 100\r\n\r\n{", drops),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", None),
    ],
    ids=["head", "head in drops", "body", "body in drops", "chunks"],
)
def test_slow_request_is_cut(port: int, raw: bytes, drip: Callable[[socket.socket], None] | None) -> None:
    began = time.monotonic()
    answer = ask(port, raw, drip)
    assert time.monotonic() - began < 5, "the limit is one second here, thirty by default"
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.catalogue("L01")
def test_large_body_is_refused_before_it_is_sent(port: int) -> None:
    assert ask(port, POST + b"Content-Length: 20000000\r\n\r\n{").startswith(b"HTTP/1.1 413 ")
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    assert ask(port, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 17).startswith(b"HTTP/1.1 413 ")


@pytest.mark.catalogue("L05")
def test_long_address_and_many_headers(port: int) -> None:
    get = b"GET /v1/search?q=" + b"a" * 65_536 + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    assert ask(port, get).startswith(b"HTTP/1.1 414 ")
    many = b"".join(b"X-%d: a\r\n" % number for number in range(1_000))
    assert ask(port, b"GET /v1/health HTTP/1.1\r\n" + HOST + many + b"\r\n").startswith(b"HTTP/1.1 431 ")


def test_server_answers_after_all_of_it(port: int) -> None:
    assert b'{"status":"ok"}' in ask(
        port, b"GET /v1/health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    )
