"""Installing: only locked jars, whole or not at all, and errors that say what to do."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from graphcore.store.neo4j.server import artifacts, tools
from graphcore.store.neo4j.server import installation as installing
from graphcore.store.neo4j.server.artifacts import Artifact, locked_artifacts, parse_lock, verify
from graphcore.store.neo4j.server.errors import ChecksumError, JavaMissingError, MavenError, NotInstalledError


def _jar(name: str, content: bytes) -> Artifact:
    return Artifact(hashlib.sha256(content).hexdigest(), "server", "org.example", name, "1.0")


JARS = {"alpha": b"first", "beta": b"second"}


@pytest.fixture
def two_jars(monkeypatch: pytest.MonkeyPatch) -> tuple[Artifact, ...]:
    found = tuple(_jar(name, content) for name, content in JARS.items())
    monkeypatch.setattr(installing, "locked_artifacts", lambda: found)
    return found


def _fetch_good(artifacts: Iterable[Artifact], out: Path, *, offline: bool) -> None:
    for artifact in artifacts:
        (out / artifact.file_name).write_bytes(JARS[artifact.name])


def test_lock_file_names_every_jar_once_with_a_hash() -> None:
    found = locked_artifacts()
    assert len({artifact.file_name for artifact in found}) == len(found) > 200
    assert {artifact.part for artifact in found} == {"server", "browser"}
    server = [a for a in found if a.group == "org.neo4j" and a.name == "neo4j"]
    assert [a.version for a in server] == [artifacts.NEO4J_VERSION]
    assert [a.version for a in found if a.part == "browser"] == [artifacts.BROWSER_VERSION]
    assert all(int(artifact.sha256, 16) for artifact in found)


def test_lock_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ChecksumError, match="line 2"):
        parse_lock("# comment\nabc server org.example:x:1\n")


def test_classifier_is_part_of_name_and_pom_item() -> None:
    native = parse_lock("0" * 64 + "  server  io.netty:epoll:4.1:linux-x86_64\n")[0]
    assert native.file_name == "io.netty.epoll-4.1-linux-x86_64.jar"
    assert native.pom_item().endswith("<classifier>linux-x86_64</classifier></artifactItem>")


def test_install_verifies_and_a_second_call_fetches_nothing(
    tmp_path: Path, two_jars: tuple[Artifact, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "fetch", _fetch_good)
    said: list[str] = []
    first = installing.install(tmp_path / "neo4j-x", progress=said.append)
    assert (first.fresh, first.jars, first.size_bytes) == (True, 2, 11)
    assert "fetching 2 jars" in said[0]
    monkeypatch.setattr(installing, "fetch", lambda *_a, **_k: pytest.fail("fetched again"))
    assert installing.install(tmp_path / "neo4j-x").fresh is False


def test_wrong_checksum_names_the_jar_and_installs_nothing(
    tmp_path: Path, two_jars: tuple[Artifact, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch_damaged(artifacts: Iterable[Artifact], out: Path, *, offline: bool) -> None:
        _fetch_good(artifacts, out, offline=offline)
        (out / "org.example.beta-1.0.jar").write_bytes(b"not what was published")

    monkeypatch.setattr(installing, "fetch", fetch_damaged)
    with pytest.raises(ChecksumError, match=r"org\.example\.beta-1\.0\.jar.*org\.example:beta:1\.0"):
        installing.install(tmp_path / "neo4j-x")
    with pytest.raises(NotInstalledError, match="ocb neo4j install"):
        installing.installed_lib(tmp_path / "neo4j-x")
    monkeypatch.setattr(installing, "fetch", _fetch_good)
    assert installing.install(tmp_path / "neo4j-x").fresh


def test_jar_missing_or_strange_is_named(tmp_path: Path, two_jars: tuple[Artifact, ...]) -> None:
    with pytest.raises(ChecksumError, match=r"alpha-1\.0\.jar is missing"):
        verify(tmp_path, two_jars)
    _fetch_good(two_jars, tmp_path, offline=True)
    (tmp_path / "stranger.jar").write_bytes(b"")
    with pytest.raises(ChecksumError, match=r"stranger\.jar, which is not in"):
        verify(tmp_path, two_jars)


def test_no_maven_says_what_else_can_be_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MavenError, match=r"no mvn.*Install Maven.*copy the folder.*NEO4J_URI"):
        tools.fetch(locked_artifacts(), tmp_path / "out", offline=True)


def test_failing_maven_shows_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "mvn"
    program.write_text("#!/bin/sh\necho 'Could not resolve org.example:alpha'; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    with pytest.raises(MavenError, match=r"exit 1(.|\n)*Could not resolve"):
        tools.fetch(locked_artifacts(), tmp_path / "out", offline=True)


def _fake_java(folder: Path, version: str) -> Path:
    program = folder / "bin/java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return program


def test_supported_java_wins_over_a_newer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer, right = _fake_java(tmp_path / "a", "25.0.1"), _fake_java(tmp_path / "b", "17.0.15")
    monkeypatch.setattr(tools, "_java_candidates", lambda: [newer, right])
    assert tools.find_java() == right
    monkeypatch.setattr(tools, "_java_candidates", lambda: [newer])
    assert tools.find_java() == newer


def test_old_java_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = _fake_java(tmp_path, "11.0.2")
    monkeypatch.setattr(tools, "_java_candidates", lambda: [old])
    with pytest.raises(JavaMissingError, match=r"needs Java 17 or 21.*\(11\).*NEO4J_JAVA_HOME"):
        tools.find_java()


def test_java_named_by_the_environment_is_looked_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = _fake_java(tmp_path, "21.0.1")
    monkeypatch.setenv("NEO4J_JAVA_HOME", str(tmp_path))
    assert tools.find_java() == named


def test_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    monkeypatch.delenv("OCB_CACHE_HOME", raising=False)
    assert installing.default_cache() == Path(f"/somewhere/ocb-graph/neo4j-{artifacts.NEO4J_VERSION}")
    monkeypatch.setenv("OCB_CACHE_HOME", "/else")
    assert installing.default_cache() == Path(f"/else/neo4j-{artifacts.NEO4J_VERSION}")
