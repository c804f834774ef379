"""A workspace a test, and a way to load texts under a mapping text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.evidence.ledger import QuarantineRow
from graphcore.workspace import Workspace
from ingest.pipeline import LoadSummary, load

READER = AccessContext(
    subject="tester",
    organisation="northshire",
    clearance=Marking.OFFICIAL_SENSITIVE,
    purpose=Purpose(PurposeCode.SYSTEM, "tests"),
    compartments=frozenset({"OPAL"}),
    may_read_conditional=True,
)


@dataclass
class Bench:
    """One workspace and one folder of files."""

    workspace: Workspace
    folder: Path
    store: Any = field(default=None)

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def load(self, content: str | bytes, mapping: str, name: str = "rows.csv", **more: Any) -> LoadSummary:
        """Load one file under a mapping text."""
        return load(
            self.workspace,
            "table",
            self.put(name, content),
            mapping=self.mapping(mapping),
            store=self.store,
            **more,
        )

    def mapping(self, text: str) -> Path:
        """Write a mapping; a text that begins with ``files:`` gets the head that every mapping has."""
        path = self.folder / "mapping.yaml"
        path.write_text(
            text if text.startswith("mapping:") else f"mapping: 1\nsource: test\n{text}", encoding="utf-8"
        )
        return path

    def load_source(self, source: str, path: Path, **more: Any) -> LoadSummary:
        """Load a path as a source of the registry."""
        return load(self.workspace, source, path, store=self.store, **more)

    def refused(self) -> list[QuarantineRow]:
        """The quarantined rows."""
        return list(self.workspace.ledger.quarantine())

    def entities(self, entity_type: str | None = None) -> list[Any]:
        """The entities of the graph, by caption."""
        found = self.store.view(READER).iter_entities(entity_type)
        return sorted(found, key=lambda entity: (entity.caption, entity.uid))

    def counts(self) -> tuple[int, int]:
        """Entities and links of the graph."""
        counts = self.store.view(READER).counts()
        return counts.entities, counts.links

    def records(self) -> list[Any]:
        """All records of all entities, in order of arrival."""
        view = self.workspace.ledger.view(READER)
        rids = [rid for entity in self.entities() for rid in entity.rids]
        return list(view.records(rids))

    def links(self) -> list[Any]:
        """All links of the graph, by type, reference and id."""
        from graphcore.store.query import ExpandQuery

        view = self.store.view(READER)
        uids = [entity.uid for entity in view.iter_entities()]
        found = view.expand(uids, ExpandQuery(hops=1, limit=50_000)).links
        return sorted(found, key=lambda link: (link.type, link.lid))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An empty workspace with its embedded store."""
    folder = tmp_path / "files"
    folder.mkdir()
    with Workspace.open(tmp_path / "workspace") as workspace:
        store = workspace.store()
        store.prepare()
        yield Bench(workspace, folder, store)


@pytest.fixture
def people() -> str:
    """A mapping of people with a name and a birth date."""
    return (
        "files:\n"
        "  - match: '*'\n"
        "    required: [ref]\n"
        "    entities:\n"
        "      person:\n"
        "        type: Person\n"
        "        key: ref\n"
        "        unique: true\n"
        "        original: row\n"
        "        properties: {name: name, birth_date: dob}\n"
    )


Loader = Callable[..., LoadSummary]
