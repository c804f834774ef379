"""The two programs the server needs from the machine: a Java to run on, a Maven to fetch jars with."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from graphcore.store.neo4j.server.artifacts import NEO4J_VERSION, Artifact
from graphcore.store.neo4j.server.errors import JavaMissingError, MavenError

SUPPORTED_JAVA: Final = (17, 21)
COPY_GOAL: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
MAVEN_LIMIT_S: Final = 1800


def java_major(java: Path) -> int:
    """Major version of a Java program; 0 where it does not run."""
    try:
        done = subprocess.run(  # noqa: S603 -- a program of this machine, no shell
            [str(java), "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError:
        return 0
    match = re.search(r'version "(\d+)', done.stderr)
    return int(match.group(1)) if match else 0


def find_java() -> Path:
    """The Java to run Neo4j with: one of NEO4J_JAVA_HOME, JAVA_HOME, PATH, /usr/lib/jvm.

    A supported version (17 or 21) wins over a newer one; nothing below 17 is taken.
    """
    seen = {path: java_major(path) for path in _java_candidates()}
    for accept in (SUPPORTED_JAVA, range(min(SUPPORTED_JAVA), 1000)):
        for path, major in seen.items():
            if major in accept:
                return path
    looked = (
        ", ".join(f"{path} ({major or 'does not run'})" for path, major in seen.items()) or "nothing found"
    )
    raise JavaMissingError(
        f"Neo4j {NEO4J_VERSION} needs Java 17 or 21; looked at: {looked}. Install one (Debian: "
        "openjdk-17-jre-headless) or point NEO4J_JAVA_HOME at it. The embedded store needs no Java."
    )


def _java_candidates() -> list[Path]:
    homes = [os.environ.get("NEO4J_JAVA_HOME"), os.environ.get("JAVA_HOME")]
    found = [Path(home) / "bin/java" for home in homes if home]
    if on_path := shutil.which("java"):
        found.append(Path(on_path))
    found += sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    return [path for path in dict.fromkeys(found) if path.is_file()]


def fetch(artifacts: Iterable[Artifact], out: Path, *, offline: bool) -> None:
    """Have Maven copy exactly these jars into a folder, by name; nothing transitive.

    Mirrors and proxies are those of the user's own Maven settings.

    Raises:
        MavenError: there is no ``mvn``, or it failed; holds the end of what it printed.
    """
    mvn = shutil.which("mvn")
    if mvn is None:
        raise MavenError(
            "the jars of Neo4j are not in the cache and there is no mvn to fetch them. Install Maven (Debian: "
            f"maven), or copy the folder {out.parent} from a machine where 'ocb neo4j install' was run, or give "
            "OCB_NEO4J_URI of a server that runs elsewhere."
        )
    with tempfile.TemporaryDirectory(prefix="ocb-neo4j-") as folder:
        Path(folder, "pom.xml").write_text(_pom(artifacts), encoding="utf-8")
        command = [
            mvn,
            "-B",
            "-ntp",
            "-q",
            COPY_GOAL,
            f"-DoutputDirectory={out}",
            "-Dmdep.prependGroupId=true",
        ]
        if offline:
            command.append("-o")
        _run_maven(command, Path(folder))


def _run_maven(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 -- fixed words and paths, no shell
            command, cwd=folder, capture_output=True, text=True, timeout=MAVEN_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise MavenError(f"mvn did not finish in {MAVEN_LIMIT_S} s; try again, or with --offline.") from error
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise MavenError(
            f"mvn could not bring the jars of Neo4j (exit {done.returncode}). Check the network or the mirror in "
            f"~/.m2/settings.xml, then install again. It said:\n{tail}"
        )


def _pom(artifacts: Iterable[Artifact]) -> str:
    items = "\n".join(artifact.pom_item() for artifact in artifacts)
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>local</groupId><artifactId>neo4j-jars</artifactId><version>1</version>"
        "<packaging>pom</packaging><build><plugins><plugin><groupId>org.apache.maven.plugins</groupId>"
        "<artifactId>maven-dependency-plugin</artifactId><configuration><artifactItems>\n"
        f"{items}\n</artifactItems></configuration></plugin></plugins></build></project>\n"
    )
