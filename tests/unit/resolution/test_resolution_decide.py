"""What the rules join, what they keep apart, and how they explain it."""

from collections.abc import Sequence

import pytest

from analytics.resolution.blocking import Budget, candidates, key
from analytics.resolution.businesses import BUSINESSES
from analytics.resolution.columns import Column
from analytics.resolution.comparer import Comparer, Kind
from analytics.resolution.decide import decide
from analytics.resolution.exact import by_identifier
from analytics.resolution.model import Settings, likeness
from analytics.resolution.persons import PERSONS
from graphcore.evidence.ledger.values import OriginRecords
from tests.unit.resolution.resolution_kit import person, record

SETTINGS = Settings()


def crowd() -> list[OriginRecords]:
    """Strangers, so that shared values are as rare as they are in a city."""
    names = [
        "Brackengarth",
        "Dappleholt",
        "Emberwick",
        "Fennelbeck",
        "Grimsdyke",
        "Jasperworth",
        "Nettlespire",
    ]
    given = [
        "Ada",
        "Colin",
        "Duncan",
        "Edith",
        "Fergus",
        "Hilda",
        "Ingrid",
        "Marcus",
        "Olive",
        "Ralph",
        "Ursula",
    ]
    return [
        person(f"x{at:03d}", f"{given[at % 11]} {names[at % 7]}", birth_date=f"{1950 + at % 40}-0{1 + at % 9}-{10 + at % 18}",
               address=f"{at + 1} Lark Street", postcode=f"NM{1 + at % 9} {at % 9 + 1}AB")
        for at in range(150)
    ]  # fmt: skip


def together(records: Sequence[OriginRecords], kind: Kind = PERSONS) -> set[frozenset[str]]:
    """Keys of the given records that end up in one cluster, among a crowd of strangers."""
    rows = sorted([*records, *(crowd() if kind is PERSONS else ())], key=lambda row: row.origin_id)
    wanted = {row.origin_id for row in records}
    outcome = decide(Comparer(kind, rows))
    clusters = ({rows[at].origin_id for at in members} & wanted for members in outcome.clusters)
    return {frozenset(keys) for keys in clusters if len(keys) > 1}


HOME = {"address": "12 Tollgate Road, Northmere", "postcode": "NM3 4XY"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "William Thistlewick", "birth_date": "1980-04-09", **HOME}, {"name": "THISTLEWICK, Bill", "birth_date": "1980-04", **HOME}),
        ({"name": "William Thistlewick", "birth_date": "1980-04-09"}, {"name": "William Thistelwick", "birth_date": "1980-09-04", **HOME}),
        ({"name": "William Thistlewick", "phone": "+447700900123"}, {"name": "Mr W Thistlewick", "phone": "+447700900123", **HOME}),
        ({"name": "William Thistlewick", "national_id": "10/1Z"}, {"name": "Wiliam Thistlewick", "national_id": "10/1Z", "birth_date": "1980-04-09"}),
        ({"name": "Thistlewick William", "birth_date": "1980-04-09", **HOME}, {"name": "William Thistlewick", "birth_date": "1980-04-09"}),
    ],
)  # fmt: skip
def test_one_person_in_two_systems_is_joined(one: dict[str, str], other: dict[str, str]) -> None:
    assert together([person("a", **one), person("b", **other)]) == {frozenset("ab")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # parent and child
        ({"name": "William Thistlewick", "birth_date": "1958-04-09", **HOME}, {"name": "William Thistlewick", "birth_date": "1983-11-21", **HOME}),
        # twins
        ({"name": "William Thistlewick", "birth_date": "1980-04-09", **HOME}, {"name": "Walter Thistlewick", "birth_date": "1980-04-09", **HOME}),
        # a couple with one phone
        ({"name": "William Thistlewick", "gender": "male", "phone": "+447700900123", **HOME}, {"name": "Susan Thistlewick", "gender": "female", "phone": "+447700900123", **HOME}),
        # namesakes
        ({"name": "Ada Emberwick", "birth_date": "1980-04-09", "phone": "+447700900123"}, {"name": "Ada Emberwick", "birth_date": "1991-12-01", "phone": "+447700900456"}),
        # different national identifiers
        ({"name": "William Thistlewick", "national_id": "10/1Z", **HOME}, {"name": "William Thistlewick", "national_id": "11/7Z", **HOME}),
    ],
)  # fmt: skip
def test_two_people_who_look_alike_stay_two(one: dict[str, str], other: dict[str, str]) -> None:
    assert together([person("a", **one), person("b", **other)]) == set()


def test_a_national_identifier_outweighs_a_birth_date_out_of_place() -> None:
    one = person("a", "William Thistlewick", birth_date="1980-04-09", national_id="10/1Z")
    other = person("b", "William Thistlewick", birth_date="1961-12-30", national_id="10/1Z")
    assert together([one, other]) == {frozenset("ab")}


def companies(*extra: OriginRecords) -> list[OriginRecords]:
    heads = [
        "Alderquill",
        "Brindlemoor",
        "Copperwisp",
        "Driftanvil",
        "Foxthimble",
        "Glasskestrel",
        "Otterquay",
    ]
    tails = ["Cafe", "Haulage", "Homes", "Systems", "Stores", "Motors", "Lettings", "Textiles", "Catering"]
    strangers = [
        record(f"x{at:03d}", name=f"{heads[at % 7]} {tails[at % 9]} Ltd", company_number=f"{at:08d}", postcode=f"NM1 {at % 9}AA")
        for at in range(60)
    ]  # fmt: skip
    return [*extra, *strangers]


def test_a_supplier_without_number_is_matched_by_name_and_place() -> None:
    place = {"address": "7 Weaver Lane, Northmere", "postcode": "NM2 7QQ"}
    register = record("a", name="BRIGHTWHEEL VALETING LIMITED", company_number="99000001", **place)
    supplier = record("b", name="Brightwheel Valetting Ltd", **place)
    assert frozenset("ab") in together(companies(register, supplier), BUSINESSES)


def test_a_phoenix_is_another_company() -> None:
    place = {"address": "7 Weaver Lane, Northmere", "postcode": "NM2 7QQ"}
    old = record("a", name="BRIGHTWHEEL VALETING LIMITED", company_number="99000001", **place)
    new = record("b", name="BRIGHTWHEEL VALETING LIMITED", company_number="99000002", **place)
    assert not any({"a", "b"} <= keys for keys in together(companies(old, new), BUSINESSES))


def test_a_record_with_only_a_number_does_not_split_its_company() -> None:
    place = {"address": "7 Weaver Lane, Northmere", "postcode": "NM2 7QQ"}
    rows = [
        record("a", name="BRIGHTWHEEL VALETING LIMITED", company_number="99000001", **place),
        record("b", name="Brightwheel Valeting Ltd", **place),
        record("c", company_number="99000001"),
    ]
    assert frozenset("abc") in together(companies(*rows), BUSINESSES)


def test_explanation_names_features_heaviest_first() -> None:
    rows = [
        person("a", "William Thistlewick", birth_date="1980-04-09", phone="+447700900123"),
        person("b", "Bill Thistlewick", birth_date="1980-04-09", phone="+447700900123"),
        *crowd(),
    ]
    lines = Comparer(PERSONS, rows).explain(1, 0)
    assert lines[0].feature == "before anything is compared"
    lines = lines[1:]
    assert "phone" in {line.feature for line in lines}
    assert {"another form", "same day"} <= {line.level for line in lines}
    assert [abs(line.bits) for line in lines] == sorted((abs(line.bits) for line in lines), reverse=True)


def test_a_person_s_word_binds_the_rules() -> None:
    rows = sorted(
        [
            person("a", "William Thistlewick", birth_date="1980-04-09", **HOME),
            person("b", "William Thistlewick", birth_date="1980-04-09", **HOME),
            person("c", "Hilda Jasperworth"),
            *crowd(),
        ],
        key=lambda row: row.origin_id,
    )
    comparer = Comparer(PERSONS, rows)
    assert (0, 1) in decide(comparer).clusters
    parted = decide(comparer, different=[(0, 1)])
    assert not any({0, 1} <= set(members) for members in parted.clusters)
    joined = decide(comparer, same=[(0, 2)])
    assert any({0, 2} <= set(members) for members in joined.clusters)


def test_empty_and_single_tables_are_no_trouble() -> None:
    for rows in ([], [person("a", "William Thistlewick")], [record("a"), record("b")]):
        for comparer in (Comparer(PERSONS, rows), Comparer(BUSINESSES, rows)):
            assert decide(comparer).clusters == ()


def test_identifiers_join_and_nothing_else_does() -> None:
    rows = [
        record("a", number="+447700900123"),
        record("b", number="+447700900123"),
        record("c", number="+447700900124"),
    ]
    assert by_identifier("Phone", rows, SETTINGS).clusters == ((0, 1),)
    accounts = [
        record("a", account_number="12345678", sort_code="00-11-22"),
        record("b", account_number="12345678", sort_code="00-11-23"),
        record("c", account_number="12345678", sort_code="001122"),
        record("d", account_number="12345678"),
    ]
    assert by_identifier("Account", accounts, SETTINGS).clusters == ((0, 2),)
    places = [
        record("a", address="Flat 2, 129 Grange Drive", postcode="NM1 2AB"),
        record("b", address="129 Grange Dr, apt 2, Northmere", postcode="NM12AB"),
        record("c", address="129 Grange Drive", postcode="NM1 2AB"),
        record("d", address="Grange Drive"),
    ]
    assert by_identifier("Location", places, SETTINGS).clusters == ((0, 1),)


def test_a_column_numbers_distinct_values_and_derives_once_each() -> None:
    column = Column.of([["a", "b"], [], ["b"], ["c", "", "a", "d"]])
    assert column.ids.tolist() == [[1, 2], [0, 0], [2, 0], [3, 1]]  # three a record count, the empty one too
    assert column.counts().tolist() == [1, 2, 2, 1]
    calls: list[str] = []

    def upper(text: str) -> list[str]:
        calls.append(text)
        return [text.upper()] if text != "c" else []

    derived = column.derive(upper)
    assert sorted(calls) == ["a", "b", "c"]
    assert [derived.values[row[row > 0]].tolist() for row in derived.ids] == [["A", "B"], [], ["B"], ["A"]]


def test_keys_combine_values_and_the_rarest_are_taken_first() -> None:
    one = Column.of([["x"]] * 4 + [["y"]] * 2)
    other = Column.of([["1"], ["1"], ["2"], [], ["1", "2"], ["2"]])
    both = key(one, other)
    everything = Budget(all_pairs=0, least=100)
    pairs = candidates([both], 6, everything)
    assert list(zip(pairs.left, pairs.right, strict=True)) == [(0, 1), (4, 5)]
    small = candidates([key(one)], 6, Budget(all_pairs=0, least=1, a_record=0))
    assert list(zip(small.left, small.right, strict=True)) == [(4, 5)]  # the four of x would cost six pairs
    assert len(candidates([], 5, Budget())) == 10  # so few that all are compared


def test_likeness_is_a_share() -> None:
    assert likeness(0.0) == pytest.approx(0.5)
    assert likeness(-1e9) < 1e-9 < 1 - 1e-9 < likeness(1e9)
