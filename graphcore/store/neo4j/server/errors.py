"""Errors of the local Neo4j server. Each says which step failed, where, and what to do next.

LocalServerError (StoreError)
├── JavaMissingError       no Java new enough was found
├── MavenError             mvn is missing, or could not bring the jars
├── ChecksumError          a jar is not the one in artifacts.lock
├── NotInstalledError      start was asked before install
├── PortTakenError         another program listens where the server should
└── ServerFailedError      the server ended or did not answer; holds the causes it logged
"""

from graphcore.errors import StoreError


class LocalServerError(StoreError):
    """A step of installing, starting or stopping the local server failed."""


class JavaMissingError(LocalServerError):
    """No Java that this Neo4j runs on."""


class MavenError(LocalServerError):
    """Maven is missing or failed."""


class ChecksumError(LocalServerError):
    """A jar differs from the lock file, or is missing."""


class NotInstalledError(LocalServerError):
    """The jars are not in the cache."""


class PortTakenError(LocalServerError):
    """A port of the server is in use."""


class ServerFailedError(LocalServerError):
    """The server process ended or stayed silent."""
