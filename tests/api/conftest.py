"""Fixtures of the API tests: one world, one server a module."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphcore.evidence import OriginRef
from tests.api import world
from tests.api.client import Server, start


@dataclass(frozen=True)
class World:
    """The folder of the workspace and the uids in it."""

    folder: Path
    uids: dict[OriginRef, str]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("workspace")
    return World(folder, world.build(folder))


@pytest.fixture(scope="module")
def server(loaded: World) -> Iterator[Server]:
    made = start(loaded.folder)
    yield made
    made.close()


@pytest.fixture
def fresh(loaded: World, tmp_path: Path) -> Iterator[Server]:
    """A server of its own on the loaded workspace."""
    folder = tmp_path / "workspace"
    shutil.copytree(
        loaded.folder, folder, ignore=shutil.ignore_patterns("audit*", "access*", "jobs*", "audit.key")
    )
    made = start(folder)
    yield made
    made.close()
