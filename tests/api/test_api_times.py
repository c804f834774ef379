"""What size and time of answers, and health, tell: nothing of what is hidden."""

import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import world
from tests.api.client import Server, start
from tests.api.conftest import World

PROBES, TRIES = 100, 3
UNLIKELY = 2.58  # standard deviations: p < 0.01, two-sided


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    made = start(tmp_path)
    yield made
    made.close()


def differs(one: list[float], other: list[float]) -> bool:
    """Mann and Whitney 1947, normal approximation."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(place for place, (_, side) in enumerate(ranked, 1) if side == 0)
    n, m = len(one), len(other)
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    return abs(ranks - n * (n + m + 1) / 2) / spread > UNLIKELY


def test_the_comparison_sees_a_difference() -> None:
    assert differs([1.0 + at for at in range(40)], [21.0 + at for at in range(40)])
    assert not differs([1.0 + at for at in range(0, 80, 2)], [1.0 + at for at in range(1, 81, 2)])


@pytest.mark.catalogue("A27", "A07")
@pytest.mark.parametrize("route", ["/v1/entities/{}", "/v1/lineage/{}"])
def test_size_and_time_of_a_refusal_are_those_of_what_never_was(
    server: Server, loaded: World, route: str
) -> None:
    paths = [route.format(uid) for uid in (loaded.uids[world.SECRET], "b" * 24)]
    for _ in range(TRIES):
        took: list[list[float]] = [[], []]
        for at in range(2 * PROBES):
            began = time.perf_counter()
            answer = server.get(paths[at % 2])
            took[at % 2].append(time.perf_counter() - began)
            assert answer.status_code == 404
        assert len({len(server.get(path).content) for path in paths}) == 1
        if not differs(*took):
            return
    pytest.fail(f"{TRIES} times running the two could be told apart by how long they took")


@pytest.mark.catalogue("A29")
def test_health_says_the_same_whatever_is_held_and_there_are_no_metrics(
    server: Server, loaded: World, empty: Server
) -> None:
    assert loaded.uids
    full, bare = (one.get("/v1/health", None) for one in (server, empty))
    assert (full.status_code, full.content) == (bare.status_code, bare.content) == (200, b'{"status":"ok"}')
    for path in ("/metrics", "/v1/metrics", "/v1/health/metrics", "/debug"):
        assert server.get(path, "admin").status_code == 404
