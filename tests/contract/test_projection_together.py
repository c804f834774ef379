"""Loading and projecting at once, from threads and over two ledgers' worth of connections on one file: no deadlock."""

import shutil
import threading
from pathlib import Path

import pytest

from graphcore.workspace import KEY, Workspace
from tests.contract.projection_child import STEP, records


def load(workspace: Workspace, part: int, parts: int) -> None:
    said = records()[part::parts]
    batch = workspace.ledger.begin_batch("alpha", f"{part}.csv", f"hash {part}", "m")
    for start in range(0, len(said), STEP):
        workspace.ledger.append(batch, said[start : start + STEP], (), start)
    workspace.ledger.finish_batch(batch)


def follow(folder: Path, done: threading.Event) -> None:
    with Workspace.open(folder) as workspace:
        store = workspace.store()
        while not done.is_set():
            workspace.projection(store).catch_up()


@pytest.mark.catalogue("C24")
def test_two_loads_and_two_projections_run_together(tmp_path: Path) -> None:
    folder, done = tmp_path / "busy", threading.Event()
    with Workspace.open(folder) as workspace:
        store = workspace.store()
        store.prepare()
        followers = [threading.Thread(target=follow, args=(folder, done)) for _ in range(2)]
        loaders = [threading.Thread(target=load, args=(workspace, part, 2)) for part in range(2)]
        for thread in (*followers, *loaders):
            thread.start()
        for thread in loaders:
            thread.join(timeout=120)
        done.set()
        for thread in followers:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in (*followers, *loaders))
        workspace.projection(store).catch_up()
        together = store.fingerprint()
        workspace.projection(store).rebuild()
        assert store.fingerprint() == together
        counts = [batch.counts for batch in workspace.ledger.batches()]
    assert sum(c.loaded + c.unchanged for c in counts) == len(records())
    same_as_one_by_one(tmp_path, folder, [c.loaded for c in counts])


def same_as_one_by_one(tmp_path: Path, busy: Path, loaded: list[int]) -> None:
    """The same entities and links as one load after the other gives (label numbers may differ with the order)."""
    calm = tmp_path / "calm"
    (calm / KEY).parent.mkdir(parents=True)
    shutil.copy(busy / KEY, calm / KEY)
    with Workspace.open(calm) as one, Workspace.open(busy) as other:
        for part in range(2):
            load(one, part, 2)
        assert [*one.ledger.all_uids()] == [*other.ledger.all_uids()]
        assert [*one.ledger.all_lids()] == [*other.ledger.all_lids()]
        assert sum(batch.counts.loaded for batch in one.ledger.batches()) == sum(loaded)
