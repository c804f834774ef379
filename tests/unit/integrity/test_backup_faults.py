"""Backups and restores in which the disk fills up or the process is killed: no half of one is left."""

import os
import random
import resource
import time
from pathlib import Path
from typing import Any

import pytest

from graphcore.integrity.backup import create, verify
from graphcore.integrity.check import check
from graphcore.integrity.restore import restore
from graphcore.workspace import LEDGER, Workspace
from tests.unit.integrity.backup_kit import NOW, backed_up
from tests.unit.ledger.ledger_kit import entity, load, ref


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
