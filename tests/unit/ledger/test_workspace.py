"""A workspace opens or says what is missing; settings are read strictly."""

import stat
from pathlib import Path

import pytest

from graphcore.access import Marking, PurposeCode
from graphcore.errors import LedgerError, StoreUnavailableError
from graphcore.settings import Operator, read_settings
from graphcore.workspace import Workspace
from tests.unit.ledger.ledger_kit import context, entity, link, load, ref


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCB_NEO4J_URI", raising=False)


def test_the_same_folder_gives_the_same_ids_and_the_same_graph(tmp_path: Path) -> None:
    folder = tmp_path / "case 7"
    with Workspace.open(folder) as first:
        load(first.ledger, entity(ref("1")), entity(ref("2")), link(ref("1"), ref("2")))
        store = first.store()
        store.prepare()
        assert first.projection(store).catch_up() == 3
        fingerprint, key = store.fingerprint(), first.ids.key
        assert first.audit is first.audit
    with Workspace.open(folder, create=False) as second:
        assert second.ids.key == key
        store = second.store("embedded")
        assert (store.applied(), store.fingerprint()) == (3, fingerprint)
        assert store.view(context()).counts().entities == 2
    assert stat.S_IMODE((folder / "keys" / "ids.key").stat().st_mode) == 0o600
    assert len(key) == 32


def test_two_workspaces_have_different_keys(tmp_path: Path) -> None:
    assert Workspace.open(tmp_path / "a").ids.key != Workspace.open(tmp_path / "b").ids.key


def test_a_folder_without_workspace_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"there is no workspace in .*nothing"):
        Workspace.open(tmp_path / "nothing", create=False)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("create", [True, False])
def test_a_lost_key_is_refused_and_no_new_one_made(tmp_path: Path, create: bool) -> None:
    with Workspace.open(tmp_path) as workspace:
        load(workspace.ledger, entity(ref("1")))
    (tmp_path / "keys" / "ids.key").unlink()
    with pytest.raises(LedgerError, match=r"ids\.key is missing.*backup"):
        Workspace.open(tmp_path, create=create)
    assert not (tmp_path / "keys" / "ids.key").exists()


def test_a_damaged_or_foreign_key_is_refused(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        load(workspace.ledger, entity(ref("1")))
    key = tmp_path / "keys" / "ids.key"
    key.write_bytes(b"short")
    with pytest.raises(LedgerError, match=r"ids\.key is damaged"):
        Workspace.open(tmp_path)
    key.write_bytes(b"x" * 32)
    with Workspace.open(tmp_path) as workspace, pytest.raises(LedgerError, match="another key"):
        _ = workspace.ledger


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be made"):
        Workspace.open(tmp_path / "file" / "case")


def test_without_a_server_neo4j_says_how_to_get_one(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace, pytest.raises(StoreUnavailableError, match="ocb neo4j start"):
        workspace.store("neo4j")


def test_the_address_of_a_server_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCB_NEO4J_URI", "bolt://localhost:1")
    monkeypatch.setenv("OCB_NEO4J_PASSWORD", "x")
    with Workspace.open(tmp_path) as workspace:
        assert workspace.store("neo4j").name == "neo4j"


def test_settings_have_defaults_and_are_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    assert read_settings(path).operator == Operator()
    path.write_text("")
    assert read_settings(path).audit_checkpoint is None
    path.write_text(
        "operator: {organisation: Force A, clearance: OFFICIAL-SENSITIVE, purpose: detection, compartments: [LARCH]}\n"
        "audit_checkpoint: /elsewhere/audit.checkpoint\n"
    )
    found = read_settings(path)
    assert found.operator.clearance == Marking.OFFICIAL_SENSITIVE
    assert (found.operator.purpose, found.operator.compartments) == (PurposeCode.DETECTION, ("LARCH",))
    assert found.audit_checkpoint == Path("/elsewhere/audit.checkpoint")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("operator: [1]", "operator is not a mapping"),
        ("[1, 2]", "the file is not a mapping"),
        ("operator: {clearence: OFFICIAL, may_read_conditional: 1}", "no setting 'clearence'.*not a bool"),
        (
            "operator: {clearance: SECRET, purpose: fun}",
            "clearance is not one of OFFICIAL.*purpose is not one of",
        ),
        ("operator: {clearance: [OFFICIAL]}", "clearance is not a str"),
        ("operator: {", "cannot be read as YAML"),
        ("\x00", "cannot be read as YAML"),
    ],
)
def test_wrong_settings_are_refused_with_every_fault(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    with pytest.raises(LedgerError, match=rf"settings\.yaml.*{fault}"):
        read_settings(path)
