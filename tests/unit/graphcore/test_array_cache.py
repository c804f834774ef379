"""The cache of arrays: by rights and version, bounded, made once for all who wait, and never written to."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from graphcore.projection import ArrayCache, GraphArrays
from graphcore.projection.cache import size_of
from graphcore.store.columns import EntityRow, build_arrays


def arrays(n: int = 3) -> GraphArrays:
    return build_arrays([EntityRow(i, f"u{i:05d}", "Person", f"name {i}") for i in range(n)], [])


def test_equal_keys_share_and_other_rights_do_not() -> None:
    cache = ArrayCache()
    one = cache.get(("a", 1), 7, arrays)
    assert cache.get(("a", 1), 7, lambda: pytest.fail("it is held")) is one
    assert cache.get(("a", 2), 7, arrays) is not one
    assert (cache.state().entries, cache.state().hits, cache.state().misses) == (2, 1, 2)


@pytest.mark.catalogue("A35")
def test_another_version_drops_everything_first() -> None:
    cache = ArrayCache()
    old = cache.get("a", 1, arrays)
    cache.get("b", 1, arrays)
    assert cache.get("a", 2, arrays) is not old
    assert cache.state().entries == 1


def test_bounds_hold_and_the_oldest_use_goes_first() -> None:
    cache = ArrayCache(max_entries=2)
    first = cache.get("a", 1, arrays)
    cache.get("b", 1, arrays)
    assert cache.get("a", 1, arrays) is first
    cache.get("c", 1, arrays)
    assert cache.get("a", 1, lambda: pytest.fail("it was used last")) is first
    size = size_of(arrays(100))
    small = ArrayCache(max_bytes=2 * size + 10)
    for key in "abcd":
        small.get(key, 1, lambda: arrays(100))
        assert small.state().bytes <= 2 * size + 10
    assert small.state().entries == 2
    small.get("large", 1, lambda: arrays(1_000))
    assert small.state().entries == 2
    small.clear()
    assert (small.state().entries, small.state().bytes) == (0, 0)


def test_what_is_shared_cannot_be_written_to() -> None:
    made = ArrayCache().get("a", 1, arrays)
    with pytest.raises(ValueError, match="read-only"):
        made.kinds[0] = 9
    assert size_of(made) > 3 * np.dtype(np.int16).itemsize


def test_many_who_ask_at_once_wait_for_one_making() -> None:
    cache, calls, got = ArrayCache(), [], []
    start = threading.Barrier(8)

    def slow() -> GraphArrays:
        calls.append(1)
        time.sleep(0.05)
        return arrays()

    def ask() -> None:
        start.wait()
        got.append(cache.get("a", 1, slow))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert all(one is got[0] for one in got)


def test_a_failed_making_is_tried_again_and_a_torn_one_is_not_kept() -> None:
    cache = ArrayCache()
    with pytest.raises(RuntimeError):
        cache.get("a", 1, lambda: (_ for _ in ()).throw(RuntimeError("store is gone")))
    torn = cache.get("a", 1, arrays, version_now=lambda: 2)
    assert cache.state().entries == 0
    whole = cache.get("a", 1, arrays, version_now=lambda: 1)
    assert whole is not torn
    assert cache.get("a", 1, arrays) is whole
    assert replace(whole).n == 3
