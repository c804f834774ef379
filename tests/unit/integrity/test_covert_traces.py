"""A compartment in a workspace of its own that pulls from the open one: joined there, and no trace of it here.

The open workspace is never told that the other one is there.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphcore.access import AccessContext
from graphcore.audit import Operation
from graphcore.covert import create as create_covert
from graphcore.covert import pull
from graphcore.evidence import EntityRecord
from graphcore.evidence.record import Record
from graphcore.integrity.backup import create, verify
from graphcore.integrity.check import check
from graphcore.workspace import Workspace
from tests.api import world
from tests.contract.world import CLEARED, PLAIN

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KESTREL = replace(CLEARED, compartments=frozenset({"KESTREL"}))
BARRED = replace(PLAIN, clearance=CLEARED.clearance)


def load(folder: Path, file: str, records: Sequence[Record]) -> None:
    with Workspace.open(folder, create=False) as workspace:
        batch = workspace.ledger.begin_batch(world.SOURCE, file, file, "mapping")
        workspace.ledger.append(batch, records, (), len(records))
        workspace.ledger.finish_batch(batch)
        workspace.projection(workspace.store()).catch_up()


def captions(folder: Path, reader: AccessContext) -> tuple[set[str], int]:
    """What a reader sees, under audit."""
    with Workspace.open(folder, create=False) as workspace:
        with workspace.audit.entry(
            reader, Operation.CONSULTATION, "search", {"text": "Quentin Veil"}
        ) as entry:
            view = workspace.store().view(workspace.admit(reader))
            entry.done(count=1)
        return {entity.caption for entity in view.iter_entities()}, view.counts().links


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def bring_up(covert: Path) -> None:
    with Workspace.open(covert, create=False) as workspace:
        store = workspace.store()
        store.prepare()
        pull(workspace)
        workspace.projection(store).catch_up()


def joined(open_folder: Path, covert: Path) -> None:
    """What is run on the covert side: make it, pull, load the compartment's own files."""
    create_covert(open_folder, covert)
    bring_up(covert)
    load(covert, "kestrel.csv", world.hidden_records())


@pytest.mark.catalogue("A08", "A11", "A30")
def test_a_compartment_in_a_workspace_of_its_own_joins_there_and_leaves_no_trace_here(tmp_path: Path) -> None:
    here, covert = tmp_path / "open", tmp_path / "covert"
    here.mkdir()
    world.build(here, hidden=False)
    assert captions(here, BARRED)[1] == 7
    before = contents(here)
    joined(here, covert)
    seen, links = captions(covert, KESTREL)
    assert (len(seen), links) == (8, 9)
    with Workspace.open(covert, create=False) as workspace:
        ids = workspace.ids
        known = ids.origin(*(getattr(world.WASH, name) for name in ("source", "entity_type", "reference")))
        entity = workspace.store().view(KESTREL).entity(known)
        secret = ids.origin(*(getattr(world.SECRET, name) for name in ("source", "entity_type", "reference")))
        planted = {
            secret,
            *(rid for uid in (secret,) for rid in workspace.store().view(KESTREL).entity(uid).rids),
        }  # type: ignore[union-attr]
    assert entity is not None
    assert entity.properties["alias"] == ("Kestrel front",)
    assert len(entity.rids) == 2
    # those who are not cleared see in the covert workspace what they see in the open one, which was not touched
    assert captions(covert, BARRED)[1] == 7
    assert contents(here) == before
    assert captions(here, BARRED)[1] == 7
    for file, raw in contents(here).items():
        for token in ("KESTREL", "Kestrel", "Quentin", "kestrel.csv", *planted):
            assert token.encode() not in raw, (file, token)
    assert any(b"Quentin" in raw for raw in contents(covert).values())
    # the covert workspace is one like any other: checked, backed up, its own audit
    with Workspace.open(covert, create=False) as workspace:
        create(workspace, tmp_path / "covert backup", NOW, keys_in_clear=True)
        assert workspace.audit.verify().problems == ()
    assert verify(tmp_path / "covert backup").problems == ()
    assert check(covert).findings == ()


def test_what_came_into_the_open_workspace_since_joins_with_the_next_pull(tmp_path: Path) -> None:
    here, covert = tmp_path / "open", tmp_path / "covert"
    here.mkdir()
    world.build(here, hidden=False)
    assert captions(here, KESTREL)[1] == 7
    joined(here, covert)
    # the open side learns of the person by itself, under the same reference
    load(here, "new.csv", [EntityRecord(world.SECRET, "", {"name": ("Q. Veil",)}, world.evidence(30))])
    bring_up(covert)
    assert captions(here, BARRED) == (captions(covert, BARRED)[0], 7)
    assert len(captions(covert, KESTREL)[0]) == 8
    with Workspace.open(covert, create=False) as workspace:
        uid = workspace.ids.origin(world.SECRET.source, "Person", world.SECRET.reference)
        entity = workspace.store().view(KESTREL).entity(uid)
    assert entity is not None
    assert sorted(map(str, entity.properties["name"])) == ["Q. Veil", "Quentin Veil"]
