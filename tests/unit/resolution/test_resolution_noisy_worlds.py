"""Worse data than the engine was developed on: invented sets of which nothing was looked at to choose a figure.

The bounds are what is held with room for chance, not what is reached: they fall when something breaks, not when a seed changes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from analytics.resolution.comparer import Comparer
from analytics.resolution.decide import decide
from analytics.resolution.evaluate import bcubed_figures, pair_figures
from analytics.resolution.persons import PERSONS
from graphcore.evidence.ledger.values import OriginRecords
from tests.unit.resolution.resolution_kit import person
from tests.worlds.historical import historical

_NAMES = {
    "full_name": "name",
    "first_name": "given_name",
    "surname": "family_name",
    "dob": "birth_date",
    "birth_place": "address",
    "postcode": "postcode",
    "gender": "gender",
    "occupation": "occupation",
}


def resolved(records: Sequence[OriginRecords], truth: Sequence[str]) -> tuple[float, float, float]:
    """F1 of pairs, of B-cubed, and the share of joins that are wrong."""
    given = np.arange(len(records))
    outcome = decide(Comparer(PERSONS, records))
    for members in outcome.clusters:
        given[list(members)] = members[0]
    wrong = sum(truth[low] != truth[high] for low, high, _ in outcome.joined) / len(outcome.joined)
    labels = [str(one) for one in given.tolist()]
    return pair_figures(labels, truth)["f1"], bcubed_figures(labels, truth)["f1"], wrong


@pytest.mark.parametrize(
    ("seed", "noise", "pairs", "bcubed", "wrong"),
    [(11, 1.0, 0.945, 0.95, 0.015), (12, 1.5, 0.92, 0.92, 0.02), (13, 2.0, 0.84, 0.84, 0.04)],
)
def test_persons_of_the_past(seed: int, noise: float, pairs: float, bcubed: float, wrong: float) -> None:
    rows, truth = historical(seed, records=3_000, noise=noise)
    records = [
        person(row["record_id"], **{ours: row[theirs] for theirs, ours in _NAMES.items()}) for row in rows
    ]
    found = resolved(records, truth)
    assert found[0] >= pairs, found
    assert found[1] >= bcubed, found
    assert found[2] <= wrong, found
