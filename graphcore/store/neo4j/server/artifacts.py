"""What the server is made of: every jar by name and SHA-256, as written in ``artifacts.lock``.

Nothing that is not in the lock file is ever put on the class path, and nothing in it is left out.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from graphcore.store.neo4j.server.errors import ChecksumError

NEO4J_VERSION: Final = "5.26.30"
BROWSER_VERSION: Final = "5.24.0"
LOCK_NAME: Final = "artifacts.lock"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One jar on Maven Central."""

    sha256: str
    part: str
    group: str
    name: str
    version: str
    classifier: str = ""

    @property
    def file_name(self) -> str:
        """The jar's name in the cache. It starts with the group: two jars differ by that alone."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return f"{self.group}.{self.name}-{self.version}{tail}.jar"

    @property
    def coordinates(self) -> str:
        """Group, artifact and version, as Maven writes them."""
        return ":".join(filter(None, (self.group, self.name, self.version, self.classifier)))

    def pom_item(self) -> str:
        """This jar as an ``artifactItem`` of Maven's dependency plugin."""
        fields = {
            "groupId": self.group,
            "artifactId": self.name,
            "version": self.version,
            "classifier": self.classifier,
        }
        inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in fields.items() if value)
        return f"<artifactItem>{inner}</artifactItem>"


def parse_lock(text: str) -> tuple[Artifact, ...]:
    """Read a lock file: ``sha256 part group:artifact:version[:classifier]`` a line, ``#`` for comments."""
    found: list[Artifact] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split()
        names = fields[2].split(":") if len(fields) == 3 else []
        if len(fields[0]) != 64 or len(names) not in {3, 4}:
            raise ChecksumError(
                f"{LOCK_NAME}, line {number}: not 'sha256 part group:artifact:version'. Reinstall the package."
            )
        found.append(Artifact(fields[0], fields[1], *names))
    return tuple(found)


def locked_artifacts() -> tuple[Artifact, ...]:
    """Every jar of the server and of Neo4j Browser, from the lock file in this package."""
    return parse_lock(files("graphcore.store.neo4j.server").joinpath(LOCK_NAME).read_text(encoding="utf-8"))


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def verify(folder: Path, artifacts: Iterable[Artifact]) -> int:
    """Check that a folder holds exactly these jars.

    Returns:
        Their size together, in bytes.

    Raises:
        ChecksumError: a jar is missing, differs, or is not in the lock file; names the jar.
    """
    size = 0
    wanted = {artifact.file_name: artifact for artifact in artifacts}
    for name, artifact in wanted.items():
        path = folder / name
        if not path.is_file():
            raise ChecksumError(f"{name} is missing in {folder}. Remove that folder and install again.")
        if (got := sha256_of(path)) != artifact.sha256:
            raise ChecksumError(
                f"{name} in {folder} is not the published {artifact.coordinates}: its SHA-256 is {got}, "
                f"{LOCK_NAME} says {artifact.sha256}. Remove the folder and the copy in the local Maven "
                "repository (~/.m2/repository), then install again; if it stays so, do not trust the mirror."
            )
        size += path.stat().st_size
    if strange := sorted(path.name for path in folder.glob("*.jar") if path.name not in wanted):
        raise ChecksumError(f"{folder} holds {strange[0]}, which is not in {LOCK_NAME}. Remove it.")
    return size
