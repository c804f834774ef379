"""The only outgoing calls: which addresses are refused unasked, and what a hostile answer can cost."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from api.auth.errors import OidcSettingsError, ProviderError
from api.auth.oidc import read_oidc_settings
from api.auth.oidc.wire import MAX_BYTES, Wire

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """One connection on loopback, answered as the test says."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65_536)
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    thread.join(10)


def body(raw: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(raw) + raw)


def test_answer_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with answering(body(b'{"a": 1}')) as host:
        assert Wire(frozenset({host}), 5).get(f"http://{host}/x") == {"a": 1}


@pytest.mark.catalogue("I26")
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/keys", "http://169.254.169.254/latest", "http://[::1]:80/", "file:///etc/passwd",
        "gopher://id.example/", "http://id.example/", "https://id.example@evil.example/", "https://id.example:444/",
        "https://id.example.evil.example/", "//id.example/", "", "https:///x",
    ],
)  # fmt: skip
def test_other_addresses_are_never_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("called"))
    with pytest.raises(ProviderError):
        Wire(frozenset({"id.example"}), 1).get(url)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"nonsense", b"[" * 100_000, b"1", b'"x"', b"\xff\xfe", b"{}" + b" " * MAX_BYTES],
    ids=range(8),
)
def test_answer_that_is_no_small_object(raw: bytes) -> None:
    with answering(body(raw)) as host, pytest.raises(ProviderError):
        Wire(frozenset({host}), 5).get(f"http://{host}/x")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}",
        b"nonsense\r\n\r\n",
        b"",
        HEAD + b"Content-Length: 100\r\n\r\n{",
    ],
)
def test_redirects_failures_and_broken_answers(answer: bytes) -> None:
    with answering(lambda connection: connection.sendall(answer)) as host, pytest.raises(ProviderError):
        Wire(frozenset({host}), 5).get(f"http://{host}/x")


@pytest.mark.parametrize("drops", [HEAD, HEAD + b"Content-Length: 9999\r\n\r\n{"], ids=["head", "body"])
def test_answer_drop_by_drop_is_cut(drops: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(drops)
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    started = time.monotonic()
    with answering(drip) as host, pytest.raises(ProviderError):
        Wire(frozenset({host}), 0.3).get(f"http://{host}/x")
    assert time.monotonic() - started < 4, "not the five seconds of all drops"


GOOD = """
issuer: https://id.example/realm
client_id: ocb-graph
public_url: https://graph.example
client_auth: none
claims: {name: sub, organisation: force, clearance: clearance, roles: roles}
"""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("https://id", "http://id"), "issuer"),
        (lambda text: text.replace("https://graph", "http://graph"), "public_url"),
        (lambda text: text.replace("roles: roles", "rules: roles"), "roles"),
        (lambda text: text + "audience: ocb-graph\n", "audience"),
        (lambda text: text + "algorithms: [none]\n", "algorithms"),
        (lambda text: text + "algorithms: [HS256]\n", "algorithms"),
        (lambda text: text + "scopes: [profile]\n", "openid"),
        (lambda text: text + "isuer: x\n", "isuer"),
        (lambda text: text.replace("client_auth: none", ""), "OCB_OIDC_CLIENT_SECRET"),
        (lambda _: "!!python/object:os.system {}", "YAML"),
        (lambda _: "[1", "YAML"),
        (lambda _: "", "issuer"),
    ],
)
def test_settings_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str], why: str
) -> None:
    monkeypatch.delenv("OCB_OIDC_CLIENT_SECRET", raising=False)
    assert read_oidc_settings(tmp_path) is None
    (tmp_path / "oidc.yaml").write_text(GOOD)
    assert read_oidc_settings(tmp_path) is not None
    (tmp_path / "oidc.yaml").write_text(change(GOOD))
    with pytest.raises(OidcSettingsError, match=why):
        read_oidc_settings(tmp_path)
