"""Open loads, removals, holds and judgements, covert ones, pulls and kills in pulls: the covert workspace is as one would be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphcore.integrity.check import check
from tests.contract.killing import Killer
from tests.property.covert.pull_walk import Walk, contents, seen
from tests.unit.ledger.ledger_kit import context

STEPS = 18
# even ones keep to the compartment; each of these finds a pull that leaves out some rule: settling, undone judgements, what
# comes back, what covert batches say too, who held a record last
SEEDS = (6, 10, 14, 17, 21, 25)


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer("tests.property.covert.pull_walk") as process:
        yield process


@pytest.mark.catalogue("C03", "C28")
@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_steps_and_kills_a_pull_gives_what_one_workspace_would(
    tmp_path: Path, seed: int, killer: Killer
) -> None:
    walk = Walk(tmp_path, seed, strict=seed % 2 == 0)
    for number in range(STEPS):
        walk.step()
        if number % 3 == 2:
            walk.pulled(killer if number % 6 == 2 else None)
    walk.pulled(killer)
    assert walk.kills > 0
    assert check(tmp_path / "covert").findings == ()
    if walk.strict:
        assert seen(tmp_path / "covert", context()) == seen(tmp_path / "open", context())
        for file, raw in contents(tmp_path / "open").items():
            assert b"KESTREL" not in raw, file
