"""Entities that are easily taken for one: each class on the smallest records that make it, joined and not."""

from pathlib import Path

from analytics.resolution import hard_classes
from analytics.resolution.evaluate import evaluate
from analytics.resolution.run import rule_decision
from graphcore.evidence.ledger.values import OriginRecords
from tests.unit.resolution.resolution_kit import NOON, ListReader, judged, person, record

HOME = {"address": "12 Tollgate Road", "postcode": "NM3 4XY"}
AWAY = {"address": "9 Heron Lane", "postcode": "EQ1 1AA"}


def figures(folder: Path, word: str, *records: OriginRecords) -> dict:
    """Every record is a true entity of its own."""
    truth = folder / "truth.csv"
    lines = [f"alpha,{one.reference},{word},E-{one.reference}" for one in records]
    truth.write_text("\n".join(["source,record_id,entity_type,entity_id", *lines]), encoding="utf-8")
    reader = ListReader(Person=records, Business=records)
    return evaluate(truth, reader)[word]["hard"]  # type: ignore[return-value]


def found(hard: dict) -> dict[str, tuple[int, int]]:
    return {name: (one["pairs"], one["joined"]) for name, one in hard.items() if one["pairs"]}


def test_each_class_of_persons(tmp_path: Path) -> None:
    father = person("a", "Tom Larkmere", birth_date="1950-01-02", **HOME)
    son = person("b", "Larkmere, Tom", birth_date="1980-05-06", **HOME)
    assert found(figures(tmp_path, "person", father, son)) == {"parent_child": (1, 0)}
    twin = person("c", "Ann Larkmere", birth_date="1980-05-06", postcode="NM34XY")
    assert found(figures(tmp_path, "person", son, twin)) == {"twins": (1, 0)}
    namesake = person("d", "Tom Larkmere", birth_date="1991-05-06", **AWAY)
    assert found(figures(tmp_path, "person", father, namesake)) == {"namesakes": (1, 0)}
    phones = [person(key, name, phone="+447700900123") for key, name in (("e", "Ann Moss"), ("f", "Bo Fenn"))]
    assert found(figures(tmp_path, "person", *phones)) == {"recycled_phone": (1, 0)}


def test_who_says_no_birth_date_is_no_namesake(tmp_path: Path) -> None:
    records = person("a", "Tom Larkmere", birth_date="1950"), person("b", "Tom Larkmere")
    assert found(figures(tmp_path, "person", *records)) == {}


def test_joined_ones_are_told(tmp_path: Path) -> None:
    father = person("a", "Tom Larkmere", uid="X", birth_date="1950-01-02", **HOME)
    son = person("b", "Tom Larkmere", uid="X", birth_date="1980-05-06", **HOME)
    assert found(figures(tmp_path, "person", father, son)) == {"parent_child": (1, 1)}


def test_phoenix_companies_have_nearly_one_name_and_two_numbers(tmp_path: Path) -> None:
    old = record("a", name="Larkmere Car Wash Ltd", company_number="01234567")
    new = record("b", name="LARKMERE CAR WASHES LIMITED", company_number="07654321")
    other = record("c", name="Larkmere Holdings Ltd", company_number="05555555")
    again = record("d", name="Larkmere Car Wash", company_number="1234567")
    assert found(figures(tmp_path, "company", old, new, other)) == {"phoenix": (1, 0)}
    assert found(figures(tmp_path, "company", old, again)) == {}


def test_a_crowd_under_one_key_is_skipped_and_counted(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(hard_classes, "CROWD", 2)
    crowd = [
        person(f"p{at}", f"{word} Moss", phone="+447700900123") for at, word in enumerate(("Al", "Bo", "Cy"))
    ]
    hard = figures(tmp_path, "person", *crowd)
    assert hard["recycled_phone"] == {"pairs": 0, "joined": 0, "skipped": 1}


def test_joins_of_two_true_entities_are_wrong(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    rows = ("alpha,a,person,1", "alpha,b,person,1", "alpha,c,person,2")
    truth.write_text("\n".join(["source,record_id,entity_type,entity_id", *rows]), encoding="utf-8")
    reader = ListReader(Person=[person("a"), person("b", uid="a"), person("c", uid="a")])
    by = rule_decision("run 1", NOON)
    auto = evaluate(truth, reader, [judged("a", "b", by=by), judged("b", "c", by=by)])["person"]["auto"]
    assert auto == {"judged": 2, "precision": 0.5, "wrong": 0.5, "review": 0}
