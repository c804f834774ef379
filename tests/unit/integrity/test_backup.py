"""Backups: while loads run, sealed, verified, restored; a kill or a full disk leaves no half of one."""

import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graphcore.audit import Operation
from graphcore.errors import LedgerError
from graphcore.integrity.backup import create, verify
from graphcore.integrity.check import check
from graphcore.integrity.keybox import open_keys, seal_keys
from graphcore.integrity.manifest import MANIFEST, SIGNATURE
from graphcore.integrity.restore import restore
from graphcore.workspace import LEDGER, Workspace
from tests.unit.integrity import load_child, whole
from tests.unit.ledger.ledger_kit import entity, load, ref

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSPHRASE = "nine small herons wade"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    whole.build(folder, people=40)
    (folder / "outputs").mkdir()
    (folder / "outputs" / "chart.html").write_text("a kept chart")
    return folder


def backed_up(source: Path, place: Path, **rest: Any) -> Any:
    with Workspace.open(source) as workspace:
        return create(workspace, place, NOW, **rest)


def fingerprint(folder: Path) -> str:
    with Workspace.open(folder) as workspace:
        store = workspace.store()
        store.prepare()
        workspace.projection(store).catch_up()
        return store.fingerprint()


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


def _limited(size: int, work: Any) -> str:
    """What ``work`` ends with in a child whose files cannot grow beyond ``size``: the kernel refuses the write."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "done"
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            work()
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the parent must hear of it
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.mark.catalogue("C06")
def test_disk_full_in_a_backup_or_restore_leaves_nothing_and_harms_nothing(
    source: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with Workspace.open(source) as workspace:
        for place in (disk / "b", disk / "b.tar"):
            said = _limited(100_000, lambda place=place: create(workspace, place, NOW, keys_in_clear=True))
            assert said.startswith("LedgerError:")
            assert "nothing was left there" in said
    assert list(disk.iterdir()) == []
    assert check(source).sound
    backed_up(source, disk / "b", keys_in_clear=True)
    said = _limited(100_000, lambda: restore(disk / "b", disk / "new"))
    assert said.startswith("LedgerError:")
    assert [path.name for path in disk.iterdir()] == ["b"]
    restore(disk / "b", disk / "new")


@pytest.mark.catalogue("C06")
def test_disk_full_in_a_load_loses_nothing_that_was_acknowledged(source: Path) -> None:
    size = (source / LEDGER).stat().st_size

    def work() -> None:
        with Workspace.open(source) as workspace:
            for number in range(10_000):
                load(
                    workspace.ledger,
                    *(entity(ref(f"{number} {n}")) for n in range(50)),
                    file_hash=f"f {number}",
                )
                done.write_text(str(number))

    done = source.parent / "done"
    said = _limited(size + 400_000, work)
    assert said.startswith("LedgerError:")
    assert "nothing was changed" in said
    acknowledged = int(done.read_text())
    with Workspace.open(source) as workspace:
        finished = {one.file_hash for one in workspace.ledger.batches() if one.finished_at}
        assert {f"f {number}" for number in range(acknowledged + 1)} <= finished
        load(workspace.ledger, entity(ref("goes on")))
    assert check(source).sound


@pytest.mark.slow
@pytest.mark.catalogue("C03")
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_kill_in_a_backup_or_restore_leaves_a_whole_one_or_none(
    source: Path, tmp_path: Path, what: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if what == "restore":
        backed_up(source, disk / "b", keys_in_clear=True)

    def begun(target: Path) -> int:
        child = os.fork()
        if child == 0:
            try:
                if what == "backup":
                    backed_up(source, target, keys_in_clear=True)
                else:
                    restore(disk / "b", target)
            finally:
                os._exit(0)
        return child

    start = time.monotonic()
    os.waitpid(begun(tmp_path / "not killed"), 0)
    took = time.monotonic() - start  # kills come within it, and now and then behind it, on any machine
    chance, ends = random.Random(9), {"none": 0, "whole": 0}
    for number in range(20):
        target = disk / f"{what} {number}"
        child = begun(target)
        time.sleep(chance.uniform(0, 1.3 * took))
        os.kill(child, 9)
        os.waitpid(child, 0)
        if target.exists():
            ends["whole"] += 1
            assert (verify(target).problems if what == "backup" else check(target).findings) == ()
        else:
            ends["none"] += 1
    assert ends["none"] >= 3
    assert {path.suffix for path in disk.iterdir() if path.name.startswith(".")} <= {".partial"}
    assert check(source).sound
