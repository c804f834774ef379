"""What the documents say is there: commands, sources, links and types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.cli.main import MODULES
from graphcore.schema import SCHEMA
from ingest.registry import SOURCES

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    p for p in ROOT.rglob("*.md") if not any(part.startswith(".") for part in p.relative_to(ROOT).parts)
)
COMMAND = re.compile(r"^ocb (?:--\w+ \S+ )*(\w+)", re.MULTILINE)


def test_readme_names_only_commands_that_exist() -> None:
    named = set(COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert named
    assert named <= set(MODULES)


def test_readme_gives_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("demo", "test"):
        assert f"make {command} " in text
        assert re.search(rf"^{command}:", targets, re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_source_is_documented() -> None:
    text = (ROOT / "ingest" / "README.md").read_text(encoding="utf-8")
    assert [name for name in SOURCES if f"`{name}`" not in text] == []


def test_every_type_is_documented() -> None:
    text = (ROOT / "graphcore" / "schema" / "TYPES.md").read_text(encoding="utf-8")
    assert [name for name in (*SCHEMA.entities, *SCHEMA.links) if name not in text] == []


@pytest.mark.parametrize("package", ["graphcore", "ingest", "analytics", "api", "cypher"])
def test_every_package_has_its_map(package: str) -> None:
    assert "decision" in (ROOT / package / "README.md").read_text(encoding="utf-8").lower()
