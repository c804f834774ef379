"""A workspace to back up; an open workspace and a covert one that joins it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graphcore.covert import create
from graphcore.workspace import SETTINGS, Workspace
from tests.unit.integrity import whole
from tests.unit.integrity.covert_kit import pulled
from tests.unit.ledger.ledger_kit import entity, link, load, ref


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("made")
    with Workspace.open(base / "open") as workspace:
        load(workspace.ledger, entity(ref("1")), entity(ref("2")), link(ref("1"), ref("2")), file_hash="a")
    create(base / "open", base / "covert")
    pulled(base)
    return base


@pytest.fixture
def pair(made: Path, tmp_path: Path) -> Path:
    """``open`` with one batch (a), ``covert`` that has pulled it; gives their folder."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (tmp_path / "covert" / SETTINGS).write_text("joins: ../open\n")
    return tmp_path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    whole.build(folder, people=40)
    (folder / "outputs").mkdir()
    (folder / "outputs" / "chart.html").write_text("a kept chart")
    return folder
