"""One identity run over invented persons in a process of its own, so that its memory is its own:
``python -m tests.perf.identity_child ours|splink N FILE``.

Prints one JSON object: seconds of each stage, and the figures of the result against what is true.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray
from pyarrow import parquet

from tests.perf.identity_people import People

Given = TypeVar("Given")
Numbers = NDArray[np.int64]


class Stages:
    """Seconds of wall and processor by stage."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def time(self, name: str, call: Callable[[], Given]) -> Given:
        """What ``call`` gives, timed under ``name``."""
        begun, used = time.perf_counter(), sum(os.times()[:4])
        made = call()
        self.wall[name] = round(time.perf_counter() - begun, 2)
        self.cpu[name] = round(sum(os.times()[:4]) - used, 2)
        return made


def main(engine: str, file: str) -> None:
    """Resolve and tell."""
    stages = Stages()
    table = parquet.read_table(file)
    entity = table.column("entity").to_numpy()
    labels, told = ENGINES[engine](table, entity, stages)
    told |= {"wall_s": stages.wall, "cpu_s": stages.cpu, **figures(labels, entity)}
    sys.stdout.write(orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY).decode() + "\n")


def ours(table: Any, entity: Numbers, stages: Stages) -> tuple[Numbers, dict[str, Any]]:
    """Records, frame, blocking, comparison, weights, clusters."""
    from analytics.resolution.comparer import Comparer
    from analytics.resolution.decide import decide
    from analytics.resolution.persons import PERSONS

    comparer = stages.time(
        "frame, blocking, weights", lambda: Comparer(PERSONS, People(table, entity).records())
    )
    outcome = stages.time("comparison, clusters", lambda: decide(comparer))
    labels = np.arange(len(entity))
    for members in outcome.clusters:
        labels[list(members)] = members[0]
    pairs = comparer.candidates()
    return labels, {"pairs": len(pairs), "blocking_recall": _recall(pairs.left, pairs.right, entity)}


def splink(table: Any, entity: Numbers, stages: Stages) -> tuple[Numbers, dict[str, Any]]:
    """Splink on DuckDB; pairs from 0.9 on, connected components from 0.99 on."""
    linker, _, _ = stages.time("load", lambda: splink_linker(table))
    stages.time("weights", lambda: splink_trained(linker))
    pairs = stages.time("comparison", lambda: linker.inference.predict(threshold_match_probability=0.9))
    clusters = stages.time(
        "clusters",
        lambda: linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, 0.99
        ).as_pandas_dataframe(),
    )
    clusters = clusters.sort_values("record_id")
    return np.unique(clusters["cluster_id"].to_numpy(), return_inverse=True)[1], {}


def splink_linker(table: Any) -> tuple[Any, Any, Any]:
    """A linker set up as Splink's guide for persons does, on two threads; its database and its records."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    keys = (
        ("family_name", "birth_date"),
        ("given_name", "birth_date"),
        ("postcode", "family_name"),
        ("given_name", "family_name", "gender"),
        ("phone",),
        ("email",),
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        blocking_rules_to_generate_predictions=[block_on(*names) for names in keys],
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("middle_name"),
            cl.JaroWinklerAtThresholds("family_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("birth_date", [1, 2]),
            cl.ExactMatch("gender"),
            cl.LevenshteinAtThresholds("address", [2, 5]),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.JaroWinklerAtThresholds("email", [0.92]),
            cl.ExactMatch("occupation"),
        ],
    )
    api = DuckDBAPI()
    api._con.execute("SET threads=2")
    people = api.register(emptied(table), table_name="people")
    return Linker(people, settings), api, people


def splink_trained(linker: Any) -> None:
    """Its weights, as the guide has it: u from random pairs, m by expectation maximisation in two blocks."""
    from splink import block_on

    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("family_name", "birth_date"), block_on("email")], recall=0.6
    )
    training.estimate_u_using_random_sampling(max_pairs=2e6)
    training.estimate_parameters_using_expectation_maximisation(block_on("family_name", "birth_date"))
    training.estimate_parameters_using_expectation_maximisation(block_on("postcode", "phone"))


def emptied(table: Any) -> Any:
    """Nothing for an empty text, as Splink wants it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {
        name: pc.if_else(
            pc.equal(table[name], ""), pa.scalar(None, pa.string()), table[name].cast(pa.string())
        )
        for name in table.column_names
        if name != "entity"
    }
    return pa.table(columns)


def _recall(left: Numbers, right: Numbers, entity: Numbers) -> float:
    sizes = np.bincount(entity)
    return round(int((entity[left] == entity[right]).sum()) / int((sizes * (sizes - 1) // 2).sum()), 4)


def figures(given: Numbers, wanted: Numbers) -> dict[str, Any]:
    """Pairs and B-cubed, as ``ocb identity evaluate`` gives them, on arrays."""
    both = np.unique(np.stack([given, wanted]), axis=1, return_counts=True)
    (here, there), count = both[0], both[1]
    sizes, true = np.bincount(given), np.bincount(wanted)

    def pairs(several: Numbers) -> int:
        return int((several * (several - 1) // 2).sum())

    n, hit = len(given), pairs(count)
    precision, recall = hit / max(1, pairs(sizes)), hit / max(1, pairs(true))
    exact, found = (count**2 / sizes[here]).sum() / n, (count**2 / true[there]).sum() / n
    return {"pairs_f1": _figure(precision, recall), "bcubed_f1": _figure(exact, found)}


def _figure(precision: float, recall: float) -> dict[str, float]:
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


ENGINES: dict[str, Callable[[Any, Numbers, Stages], tuple[Numbers, dict[str, Any]]]] = {
    "ours": ours,
    "splink": splink,
}

if __name__ == "__main__":
    main(*sys.argv[1:3])
