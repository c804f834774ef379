"""The Neo4j server of a test run: one for each worker, found or started once, thrown away with its data.

Tried in order: NEO4J_URI (only with OCB_TEST_NEO4J_MAY_WIPE=1, because the tests empty it), a container where
Docker answers, the local server from its checksummed jars. Where none can be had, tests that need one are
skipped with the reason, or fail where REQUIRE names neo4j.
"""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphcore.store.neo4j.server import (
    NEO4J_VERSION,
    JavaMissingError,
    MavenError,
    ServerSettings,
    install,
    start,
    stop,
)
from graphcore.store.neo4j.server.probe import free_ports
from graphcore.store.neo4j.server.tools import find_java
from tests.components import missing


@dataclass(frozen=True, slots=True)
class Neo4jAddress:
    """Where the server of this run listens."""

    uri: str
    user: str
    password: str
    http_url: str

    def into(self, environment: pytest.MonkeyPatch) -> None:
        """Make it the server that a workspace finds in its environment."""
        environment.setenv("OCB_NEO4J_URI", self.uri)
        environment.setenv("OCB_NEO4J_USER", self.user)
        environment.setenv("OCB_NEO4J_PASSWORD", self.password)


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jAddress]:
    """A real Neo4j 5 that this worker may empty at will."""
    if "NEO4J_URI" in os.environ:
        yield _given()
        return
    if _docker_there():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from _container()
        return
    yield from _local(tmp_path_factory.mktemp("neo4j"))


def _given() -> Neo4jAddress:
    if os.environ.get("OCB_TEST_NEO4J_MAY_WIPE") != "1":
        missing(
            "neo4j", "NEO4J_URI is set without OCB_TEST_NEO4J_MAY_WIPE=1, and the tests empty the database"
        )
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0":
        missing("neo4j", "one server given by NEO4J_URI serves one worker: run with -n 0 or --dist loadgroup")
    env = os.environ
    return Neo4jAddress(
        env["NEO4J_URI"],
        env.get("NEO4J_USER", "neo4j"),
        env.get("NEO4J_PASSWORD", "neo4j"),
        env.get("NEO4J_HTTP_URL", "http://localhost:7474"),
    )


def _docker_there() -> bool:
    if not (os.environ.get("DOCKER_HOST") or Path("/var/run/docker.sock").exists()):
        return False
    import docker  # comes with testcontainers

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            client = docker.from_env(timeout=3)
            client.ping()
            client.close()
        except docker.errors.DockerException:
            return False
    return True


def _container() -> Iterator[Neo4jAddress]:
    from testcontainers.community.neo4j import Neo4jContainer

    with Neo4jContainer(f"neo4j:{NEO4J_VERSION}-community", password="a-throw-away-word") as container:
        host = container.get_container_host_ip()
        http = f"http://{host}:{container.get_exposed_port(7474)}"
        yield Neo4jAddress(container.get_connection_url(), "neo4j", "a-throw-away-word", http)


def start_local(
    home: Path, *, heap: str = "512m", page_cache: str = "128m"
) -> tuple[ServerSettings, Neo4jAddress]:
    """Start a local server in ``home``; where none can be had, its test is skipped or fails."""
    try:
        find_java()
        install()
    except (JavaMissingError, MavenError) as error:
        missing("neo4j", str(error))
    # one worker at a time: two that choose ports at once may choose the same
    with (Path(tempfile.gettempdir()) / "ocb-neo4j-start.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        bolt, http = free_ports(2)
        settings = ServerSettings(home=home, bolt_port=bolt, http_port=http, heap=heap, page_cache=page_cache)
        # from here on a failure is ours, not the machine's
        server = start(settings)
    assert server.uri
    assert server.http_url
    return settings, Neo4jAddress(server.uri, server.user, server.password(), server.http_url)


def _local(home: Path) -> Iterator[Neo4jAddress]:
    try:
        yield start_local(home)[1]
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)
