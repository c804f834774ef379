"""Bring the jars of Neo4j Community and Neo4j Browser into a cache folder, once a machine.

The folder is either whole and verified, or not there: jars are fetched beside it, checked, then moved in
with one rename, under a lock that other installs wait for.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graphcore.store.neo4j.server.artifacts import NEO4J_VERSION, locked_artifacts, verify
from graphcore.store.neo4j.server.errors import NotInstalledError
from graphcore.store.neo4j.server.tools import fetch

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the jars are. ``fresh``: this call fetched them."""

    version: str
    lib: Path
    jars: int
    size_bytes: int
    fresh: bool


def quiet(_message: str) -> None:
    """Progress that nobody reads."""


def default_cache() -> Path:
    """``neo4j-VERSION`` in OCB_CACHE_HOME, else in ``$XDG_CACHE_HOME/ocb-graph`` or ``~/.cache/ocb-graph``."""
    if own := os.environ.get("OCB_CACHE_HOME"):
        return Path(own).expanduser() / f"neo4j-{NEO4J_VERSION}"
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "ocb-graph" / f"neo4j-{NEO4J_VERSION}"


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold a lock file; waits for whoever holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def install(cache: Path | None = None, *, offline: bool = False, progress: Progress = quiet) -> Installation:
    """Fetch and verify the server's jars; does nothing but verify where they are already there.

    Args:
        cache: Folder of this version; None: ``default_cache()``.
        offline: Fetch nothing: take what the local Maven repository has.
        progress: Told what happens, a line at a time.

    Raises:
        MavenError: no ``mvn``, or it could not bring a jar.
        ChecksumError: a jar is not the locked one; it is named and nothing is installed.
    """
    cache = (cache or default_cache()).absolute()
    lib, artifacts = cache / "lib", locked_artifacts()
    with locked(cache.with_name(f"{cache.name}.lock")):
        fresh = not lib.is_dir()
        if fresh:
            progress(f"fetching {len(artifacts)} jars of Neo4j {NEO4J_VERSION} with mvn")
            size = _fetch_into(lib, offline=offline)
        else:
            size = verify(lib, artifacts)
        progress(f"{len(artifacts)} jars verified in {lib} ({size / 1e6:.0f} MB)")
    return Installation(NEO4J_VERSION, lib, len(artifacts), size, fresh)


def _fetch_into(lib: Path, *, offline: bool) -> int:
    staging = lib.with_name("lib.part")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    artifacts = locked_artifacts()
    fetch(artifacts, staging, offline=offline)
    size = verify(staging, artifacts)
    staging.rename(lib)
    return size


def installed_lib(cache: Path | None = None) -> Path:
    """Folder of the jars.

    Raises:
        NotInstalledError: there is none; says how to install.
    """
    lib = (cache or default_cache()).absolute() / "lib"
    if not lib.is_dir():
        raise NotInstalledError(f"Neo4j {NEO4J_VERSION} is not in {lib}. Run: ocb neo4j install")
    return lib
