"""A Neo4j server on this machine without Docker: installed from named, checksummed jars; started, stopped."""

from graphcore.store.neo4j.server.artifacts import BROWSER_VERSION, NEO4J_VERSION
from graphcore.store.neo4j.server.config import ServerSettings
from graphcore.store.neo4j.server.errors import (
    ChecksumError,
    JavaMissingError,
    LocalServerError,
    MavenError,
    NotInstalledError,
    PortTakenError,
    ServerFailedError,
)
from graphcore.store.neo4j.server.installation import Installation, Progress, default_cache, install
from graphcore.store.neo4j.server.process import ServerStatus, start, status, stop

__all__ = [
    "BROWSER_VERSION",
    "NEO4J_VERSION",
    "ChecksumError",
    "Installation",
    "JavaMissingError",
    "LocalServerError",
    "MavenError",
    "NotInstalledError",
    "PortTakenError",
    "Progress",
    "ServerFailedError",
    "ServerSettings",
    "ServerStatus",
    "default_cache",
    "install",
    "start",
    "status",
    "stop",
]
