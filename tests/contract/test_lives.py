"""A workspace lives through loads, removals, judgements, their undoing, grants and kills; dictionaries say what must stand.

Two short lives by default; ``LIVES=200x500 pytest tests/contract/test_lives.py`` gives two hundred lives of five hundred steps.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.killing import Killer
from tests.contract.lives import Model, entities, next_step

MANY, _, LONG = os.environ.get("LIVES", "2x25").partition("x")
TAKE = "tests.contract.lives:take"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(36_000)]


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer("tests.contract.lives", "graphcore.store.embedded", "alembic.command") as made:
        yield made


@pytest.mark.catalogue("C28")
@pytest.mark.parametrize("seed", range(int(MANY)))
def test_whatever_happens_the_reader_sees_what_the_dictionaries_say(
    killer: Killer, tmp_path: Path, seed: int
) -> None:
    rng, model, kills = random.Random(seed), Model(), 0
    for number in range(int(LONG)):
        step = next_step(rng, model, number)
        after = rng.uniform(0, 0.15) if rng.random() < 0.4 else None
        ended = killer.run(TAKE, [str(tmp_path), json.dumps(step)], after=after)
        seen, before, then = entities(tmp_path), model, model.after(step)
        if ended.killed:
            kills += 1
            if seen != then.seen() or then.seen() == before.seen():
                assert seen == before.seen(), (number, step)
                done = _again(killer, tmp_path, step)
                assert done == then.seen(), (number, step)
        else:
            assert seen == then.seen(), (number, step)
        model = then
    assert kills > int(LONG) // 20


def _again(killer: Killer, folder: Path, step: dict[str, object]) -> set[frozenset[int]]:
    """The step once more, after a kill that left nothing to be seen of it."""
    with contextlib.suppress(AssertionError):  # where it had happened it cannot happen twice
        killer.run(TAKE, [str(folder), json.dumps(step)])
    return entities(folder)
