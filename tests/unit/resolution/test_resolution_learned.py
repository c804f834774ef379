"""What persons judged moves weights as far as it goes, and how common names are in the population instead of the data."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest

from analytics.resolution.comparer import Aids, Comparer
from analytics.resolution.decide import decide
from analytics.resolution.errors import PopulationError
from analytics.resolution.evaluate import pair_figures
from analytics.resolution.fitted import dump_fitted, load_fitted
from analytics.resolution.learned import lessons
from analytics.resolution.model import Settings
from analytics.resolution.persons import PERSONS
from analytics.resolution.population import read_population
from analytics.resolution.run import propose, rule_decision
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.identity.judgement import Verdict
from tests.unit.resolution.resolution_kit import NOON, ListReader, decision, judged, person
from tests.worlds.people import City

SHARED = [f"+4477009{number:05d}" for number in range(60)]


def hostel(seed: int) -> tuple[list[OriginRecords], dict[str, str]]:
    """People of whom the data alone teach something wrong: strangers give the telephone of the hostel as their own, and the
    name is heard rather than spelt, so that the number seems to make one person of namesakes.
    """
    rng = Random(f"hostel {seed}")
    records: list[OriginRecords] = []
    truth: dict[str, str] = {}
    people = City(seed, 360).people
    for at, someone in enumerate(people):
        someone.given, someone.family = people[at // 2 * 2].given, people[at // 2 * 2].family
        phone = SHARED[at // 2 % len(SHARED)]
        for copy in range(2):
            key = f"{at:04d}-{copy}"
            year, month, day = someone.born
            birth = f"{year}-{month:02d}-{day:02d}" if rng.random() < 0.35 else ""
            home = someone.homes[0]
            place = (
                {"address": f"{home.number} {home.street}", "postcode": home.postcode}
                if rng.random() < 0.8
                else {}
            )
            records.append(
                person(
                    key, f"{someone.given} {someone.family}".title(), birth_date=birth, phone=phone, **place
                )
            )
            truth[key] = someone.entity
    return records, truth


def f1(records: list[OriginRecords], truth: dict[str, str], comparer: Comparer) -> float:
    given = np.arange(len(records))
    for members in decide(comparer).clusters:
        given[list(members)] = members[0]
    return pair_figures([str(one) for one in given.tolist()], [truth[one.origin_id] for one in records])["f1"]


def sayings(records: list[OriginRecords], truth: dict[str, str], comparer: Comparer, count: int) -> dict:
    """Judgements that a person would make on the pairs that the engine is least sure of."""
    pairs = comparer.candidates()
    bits, _, _ = comparer.scores(pairs)
    near = np.argsort(np.abs(bits), kind="stable")[:count]
    ends = [
        (records[a].origin_id, records[b].origin_id)
        for a, b in zip(pairs.left[near], pairs.right[near], strict=True)
    ]
    return {pair: (truth[pair[0]] == truth[pair[1]], "d1") for pair in ends}


def test_judgements_mend_a_world_in_which_the_data_teach_something_wrong() -> None:
    records, truth = hostel(1)
    plain = Comparer(PERSONS, records)
    before = f1(records, truth, plain)
    said = sayings(records, truth, plain, 400)
    taught = Comparer(PERSONS, records, aids=Aids(judged=lessons([one.origin_id for one in records], said)))
    others, other_truth = hostel(2)  # not a pair of these was judged
    elsewhere = f1(others, other_truth, Comparer(PERSONS, others))
    carried = f1(others, other_truth, Comparer(PERSONS, others, weights=taught.weights))
    assert f1(records, truth, taught) >= before + 0.03
    assert carried >= elsewhere + 0.03
    assert taught.weights.learned is not None
    assert taught.weights.learned.same + taught.weights.learned.different == 400


def test_few_judgements_change_little_even_where_they_are_wrong() -> None:
    records, truth = hostel(3)
    plain = Comparer(PERSONS, records)
    said = sayings(records, truth, plain, 50)
    wrong = {pair: (not same, name) for pair, (same, name) in said.items()}
    origins = [one.origin_id for one in records]
    few = Comparer(PERSONS, records, aids=Aids(judged=lessons(origins, dict([*said.items()][:5]))))
    for name, table in plain.weights.tables.items():
        moved = np.abs(np.log2(few.weights.tables[name]) - np.log2(table))
        assert moved.max() < 1.0, name
    misled = Comparer(PERSONS, records, aids=Aids(judged=lessons(origins, wrong)))
    assert f1(records, truth, misled) >= f1(records, truth, plain) - 0.1


def test_a_run_that_learns_writes_what_it_learned_from_and_never_overrules_a_no() -> None:
    records, truth = hostel(4)
    by = decision("a person's", "analyst")
    pairs = [*combinations([one.origin_id for one in records[:8]], 2)]
    standing = [
        judged(*pair, Verdict.SAME if truth[pair[0]] == truth[pair[1]] else Verdict.DIFFERENT, by)
        for pair in pairs
    ]
    one, other = records[0].origin_id, records[1].origin_id
    standing.append(
        judged(
            one, other, Verdict.DIFFERENT, replace(by, decision_id="later", decided_at=NOON.replace(hour=13))
        )
    )  # of one person
    proposal = propose(ListReader(Person=records), rule_decision("run 1", NOON), standing=standing, settings=Settings(learns=True), types=("Person",))  # fmt: skip
    (fit,) = proposal.fits
    weights = load_fitted(fit.document, "fit")
    assert weights.learned is not None
    assert weights.learned.decisions == ("a person's", "later")
    assert (weights.learned.same, weights.learned.different) == (3, len(pairs) - 3)
    assert dump_fitted(weights) == fit.document
    assert (one, other) not in {(made.left, made.right) for made in proposal.judgements}
    plain = propose(
        ListReader(Person=records), rule_decision("run 1", NOON), standing=standing, types=("Person",)
    )
    assert load_fitted(plain.fits[0].document, "fit").learned is None


TABLE = "name,kind,count\nada,given,10\nolive,given,990\nEmberwick,family,1\nsmith,family,999\n"


def table(folder: Path, text: str = TABLE) -> Path:
    path = folder / "names.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_names_says_how_common_a_shared_name_is(tmp_path: Path) -> None:
    rows = [person(f"r{at}", f"{given} {family}", birth_date=f"19{50 + at}-01-02") for at, (given, family) in enumerate([("Ada", "Emberwick")] * 2 + [("Olive", "Smith")] * 2 + [("Ralph", "Moss")] * 2)]  # fmt: skip
    plain = Comparer(PERSONS, rows)
    told = Comparer(PERSONS, rows, aids=Aids(read_population(table(tmp_path))))

    def bits(comparer: Comparer, low: int) -> dict[str, float]:
        return {line.feature: line.bits for line in comparer.explain(low, low + 1)}

    assert bits(plain, 0)["family name"] == pytest.approx(bits(plain, 2)["family name"])
    assert bits(told, 0)["family name"] > bits(told, 2)["family name"]
    assert bits(told, 0)["given name"] > bits(told, 2)["given name"]
    assert (
        told.frame["family"].counts()[told.frame["family"].ids[4, 0]] == 2
    )  # not in the table: as the data have it
    levels = {line.feature: line.level for line in told.explain(0, 1)}
    assert levels["family name"] == "same (how common: names.csv)"
    assert load_fitted(dump_fitted(told.weights), "fit").names == "names.csv"
    assert "how common" not in str(plain.explain(0, 1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,count\nada,1\n", "lacks the columns kind"),
        ("name,kind,count\nada,first,1\n", "line 2: kind: not one of given, family"),
        ("name,kind,count\nada,given,1\nolive,given,-4\n", "line 3: count: not a whole number above 0"),
        ("name,kind,count\n ,given,1\n", "line 2: name: no name"),
    ],
)
def test_a_faulty_table_of_names_is_refused_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(PopulationError, match=reason):
        read_population(table(tmp_path, text))
