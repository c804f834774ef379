"""The server of a home: private password, checked ports, stale notes, and a real start and stop."""

import os
import socket
import stat
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from graphcore.store.neo4j.server import ServerSettings, process, start, status, stop
from graphcore.store.neo4j.server.config import (
    RunningServer,
    configuration,
    ensure_password,
    prepare_home,
    read_running,
    write_running,
)
from graphcore.store.neo4j.server.errors import PortTakenError, ServerFailedError
from graphcore.store.neo4j.server.probe import bolt_answers, free_ports, http_answers, require_free
from tests.neo4j_fixture import Neo4jAddress


def test_password_is_random_private_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, made = ensure_password(tmp_path / "a")
    again, made_again = ensure_password(tmp_path / "a")
    other, _ = ensure_password(tmp_path / "b")
    assert (made, made_again) == (True, False)
    assert first == again != other
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "a/password").stat().st_mode) == 0o600


def test_configuration_keeps_the_server_on_this_machine(tmp_path: Path) -> None:
    settings = ServerSettings(home=tmp_path, bolt_port=1001, http_port=1002)
    found = configuration(settings, tmp_path / "lib")
    listening = [str(value) for key, value in found.items() if key.endswith("listen_address")]
    assert listening == ["localhost", "localhost:1001", "localhost:1002"]
    assert found["server.directories.import"] == tmp_path / "import"
    assert found["dbms.security.auth_enabled"] == "true"
    assert found["dbms.usage_report.enabled"] == found["client.allow_telemetry"] == "false"
    policy = str(found["dbms.security.http_static_content_security_policy_header"])
    assert "default-src 'self'" in policy
    assert "https:" not in policy
    assert "unsafe-eval" not in policy


def test_home_is_private(tmp_path: Path) -> None:
    conf = prepare_home(ServerSettings(home=tmp_path / "home"), tmp_path / "lib")
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    assert "server.bolt.listen_address=localhost:7687\n" in conf.read_text()


def test_taken_port_says_which_and_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"port {port}.*--bolt-port"):
            require_free(port, "Bolt")


def test_nothing_answers_on_a_free_port() -> None:
    (port,) = free_ports(1)
    assert not bolt_answers(port)
    assert not http_answers(port)


def test_stale_note_does_not_count_as_running(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_running(tmp_path, RunningServer(os.getpid(), "5", 1, 2))
    assert status(tmp_path).running is False
    after = stop(tmp_path)
    assert (after.running, read_running(tmp_path)) == (False, None)


def test_damaged_note_counts_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/server.json").write_text('{"pid": "x"')
    assert status(tmp_path).pid is None


def test_server_that_ends_at_once_shows_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\ncase \"$1\" in *admin*) exit 0;; esac\necho 'no memory left'; exit 3\n")
    java.chmod(0o755)
    monkeypatch.setattr(process, "find_java", lambda: java)
    monkeypatch.setattr(process, "installed_lib", lambda _cache: tmp_path)
    monkeypatch.setattr(process, "_main_class", lambda _lib: "x.Main")
    bolt, http = free_ports(2)
    with pytest.raises(ServerFailedError, match=r"ended while starting(.|\n)*no memory left"):
        start(ServerSettings(home=tmp_path / "home", bolt_port=bolt, http_port=http))
    assert status(tmp_path / "home").running is False


def test_password_that_cannot_be_set_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setattr(process, "find_java", lambda: java)
    monkeypatch.setattr(process, "installed_lib", lambda _cache: tmp_path)
    bolt, http = free_ports(2)
    with pytest.raises(ServerFailedError, match="first password"):
        start(ServerSettings(home=tmp_path / "home", bolt_port=bolt, http_port=http))
    assert not (tmp_path / "home/run/admin.args").exists()


@pytest.mark.neo4j
@pytest.mark.slow
def test_real_server_starts_stops_and_keeps_its_password(neo4j_server: Neo4jAddress, tmp_path: Path) -> None:
    bolt, http = free_ports(2)
    settings = ServerSettings(home=tmp_path, bolt_port=bolt, http_port=http, heap="256m", page_cache="32m")
    try:
        first = start(settings)
        assert (first.running, first.ready) == (True, True)
        assert start(settings).pid == first.pid
        assert first.password() not in Path(f"/proc/{first.pid}/cmdline").read_text()
        assert stop(tmp_path).running is False
        second = start(settings)
        assert second.uri
        with GraphDatabase.driver(second.uri, auth=(second.user, second.password())) as driver:
            assert driver.execute_query("RETURN 1 AS one").records[0]["one"] == 1
    finally:
        stop(tmp_path)
