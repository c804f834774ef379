"""Backups: while loads run, sealed, verified, restored."""

import random
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from graphcore.audit import Operation
from graphcore.errors import LedgerError
from graphcore.integrity.backup import verify
from graphcore.integrity.check import check
from graphcore.integrity.keybox import open_keys, seal_keys
from graphcore.integrity.manifest import MANIFEST, SIGNATURE
from graphcore.integrity.restore import restore
from graphcore.workspace import Workspace
from tests.unit.integrity import load_child, whole
from tests.unit.integrity.backup_kit import ROOT, backed_up, fingerprint
from tests.unit.ledger.ledger_kit import entity, load, ref

PASSPHRASE = "nine small herons wade"


@pytest.mark.catalogue("C26")
@pytest.mark.parametrize("form", ["folder", "file.tar"])
def test_backup_restores_to_the_same_graph_log_and_files(source: Path, tmp_path: Path, form: str) -> None:
    place, new = tmp_path / "disk" / form, tmp_path / "new"
    manifest = backed_up(source, place, passphrase=PASSPHRASE)
    report = verify(place)
    assert (report.problems, report.manifest) == ((), manifest)
    told, found = restore(place, new, passphrase=PASSPHRASE)
    assert (told, found.findings) == (manifest, ())
    assert fingerprint(new) == fingerprint(source)
    assert (new / "outputs" / "chart.html").read_text() == "a kept chart"
    assert {one.name: one.read_bytes() for one in (new / "keys").iterdir()} == {
        one.name: one.read_bytes() for one in (source / "keys").iterdir()
    }
    with Workspace.open(new) as workspace:
        assert workspace.audit.verify().sound
        assert workspace.audit.rows(0, 1000)[: manifest.audit_seq][-1].digest.hex() == manifest.audit_digest
        with workspace.audit.entry(whole.WHO, Operation.CONSULTATION, "search", {}):
            pass
        assert workspace.audit.verify().sound
        load(workspace.ledger, entity(ref("after")))
    assert check(new).sound
    assert sorted(path.name for path in place.parent.iterdir()) == [form]


@pytest.mark.catalogue("C26")
def test_backup_while_another_process_loads_is_one_moment_of_it(source: Path, tmp_path: Path) -> None:
    """Restored and loaded to the end it is the same graph as the one that was never interrupted."""
    rounds = 25
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.integrity.load_child", str(source), str(rounds)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    places = [tmp_path / f"backup {number}" for number in range(3)]
    during: list[int] = []
    for place in places:
        backed_up(source, place, passphrase=PASSPHRASE)
        during.append(process.poll() is None)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert during[0], "the load was over before the first backup"
    changes = [verify(place).manifest.changes for place in places]
    assert changes == sorted(changes)
    whole_graph = fingerprint(source)
    for number, place in enumerate(places):
        assert verify(place).problems == ()
        new = tmp_path / f"new {number}"
        _, report = restore(place, new, passphrase=PASSPHRASE)
        assert report.sound
        load_child.main(str(new), rounds)
        assert fingerprint(new) == whole_graph
        with Workspace.open(new) as workspace:
            assert workspace.audit.verify().sound


def test_keys_are_left_out_sealed_or_clear_as_asked(source: Path, tmp_path: Path) -> None:
    secret = (source / "keys" / "ids.key").read_bytes()
    for name, rest in (("none", {}), ("sealed", {"passphrase": PASSPHRASE})):
        backed_up(source, tmp_path / name, **rest)
        raw = b"".join(path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file())
        assert secret not in raw
        assert secret.hex().encode() not in raw
        assert not (tmp_path / name / "keys").exists()
    backed_up(source, tmp_path / "clear", keys_in_clear=True)
    assert (tmp_path / "clear" / "keys" / "ids.key").read_bytes() == secret
    with pytest.raises(LedgerError, match="keys are missing"):
        restore(tmp_path / "none", tmp_path / "w")
    with pytest.raises(LedgerError, match="do not open"):
        restore(tmp_path / "sealed", tmp_path / "w", passphrase="another passphrase")
    with pytest.raises(LedgerError, match="at least 12"):
        backed_up(source, tmp_path / "short", passphrase="short")
    assert not (tmp_path / "w").exists()
    for name, rest in (
        ("none", {"keys": source / "keys"}),
        ("clear", {}),
        ("sealed", {"passphrase": PASSPHRASE}),
    ):
        _, report = restore(tmp_path / name, tmp_path / f"from {name}", **rest)
        assert report.sound
    other = tmp_path / "other"
    whole.build(other, people=3)
    with pytest.raises(LedgerError, match=r"not signed by this workspace|another key"):
        restore(tmp_path / "none", tmp_path / "w", keys=other / "keys")
    assert not (tmp_path / "w").exists()


def test_sealed_keys_that_were_altered_do_not_open(source: Path) -> None:
    raw = seal_keys(source / "keys", PASSPHRASE)
    assert open_keys(raw, PASSPHRASE)["ids.key"] == (source / "keys" / "ids.key").read_bytes()
    for damaged in (raw[:-4] + b'00"}', b"{}", b"[]", b"nonsense"):
        with pytest.raises(LedgerError, match="do not open"):
            open_keys(damaged, PASSPHRASE)


def test_nothing_is_ever_overwritten(source: Path, tmp_path: Path) -> None:
    backed_up(source, tmp_path / "one", keys_in_clear=True)
    with pytest.raises(LedgerError, match="never overwrites"):
        backed_up(source, tmp_path / "one")
    with pytest.raises(LedgerError, match="inside the workspace"):
        backed_up(source, source / "backup")
    with pytest.raises(LedgerError, match="never overwrites"):
        restore(tmp_path / "one", source)
    with pytest.raises(LedgerError, match="no backup at"):
        restore(tmp_path / "nothing", tmp_path / "w")
    with pytest.raises(LedgerError, match="is no backup"):
        restore(source / "outputs", tmp_path / "w")
    (tmp_path / "x.tar").write_bytes(b"nonsense" * 200)
    with pytest.raises(LedgerError, match="is no backup"):
        verify(tmp_path / "x.tar")


def test_damage_of_a_backup_is_found_and_it_is_not_restored(source: Path, tmp_path: Path) -> None:
    backed_up(source, tmp_path / "good", keys_in_clear=True)
    chance = random.Random(4)
    files = [path for path in sorted((tmp_path / "good").rglob("*")) if path.is_file()]
    for number in range(60):
        bad = tmp_path / f"bad {number}"
        shutil.copytree(tmp_path / "good", bad)
        path = bad / chance.choice(files).relative_to(tmp_path / "good")
        raw = bytearray(path.read_bytes())
        if number % 3 and raw:
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            path.write_bytes(bytes(raw))
        elif number % 2:
            path.unlink()
        else:
            path.with_name("stray").write_text("x")
        try:
            assert verify(bad).problems, path
        except LedgerError as error:
            assert path.name in {MANIFEST, SIGNATURE}, error  # noqa: PT017 -- either way of finding it
        with pytest.raises(LedgerError):
            restore(bad, tmp_path / "w")
        assert not (tmp_path / "w").exists()


def test_backup_signed_by_another_is_refused_where_the_key_is_named(source: Path, tmp_path: Path) -> None:
    backed_up(source, tmp_path / "good", keys_in_clear=True)
    with Workspace.open(source) as workspace:
        key = workspace.audit.public_key
    assert verify(tmp_path / "good", public=key).key == key
    with pytest.raises(LedgerError, match="not signed by this workspace"):
        verify(tmp_path / "good", public="00" * 32)


def test_tar_that_climbs_out_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.add(tmp_path / "x", arcname="../../escaped")
    with pytest.raises(LedgerError, match="is no backup"):
        verify(tmp_path / "evil.tar")
    assert not (tmp_path.parent / "escaped").exists()


def test_end_of_the_old_log_is_left_to_the_old_workspace(source: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "end"
    place.parent.mkdir()
    shutil.copy(source / "checkpoints" / "audit.checkpoint", place)
    (source / "settings.yaml").write_text(f"audit_checkpoint: {place}\n")
    backed_up(source, tmp_path / "b", keys_in_clear=True)
    with (
        Workspace.open(source) as workspace,
        workspace.audit.entry(whole.WHO, Operation.CONSULTATION, "search", {}),
    ):
        pass
    restore(tmp_path / "b", tmp_path / "new")
    assert "# left out by the restore: audit_checkpoint" in (tmp_path / "new" / "settings.yaml").read_text()
    with Workspace.open(tmp_path / "new") as workspace:
        assert workspace.audit.verify().sound
