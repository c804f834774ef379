"""United Kingdom addresses: one written form, parts where the words tell, and how the labelled hard cases fare."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from ingest.clean import CleanSettings, make_cleaner
from ingest.clean.address import UkAddress, parse_address
from ingest.errors import CleanError


def clean(name: str, value: str):
    cleaner = make_cleaner(name, CleanSettings())
    assert cleaner.text is not None
    return cleaner.text(value)


@pytest.mark.parametrize(
    ("value", "written", "town", "postcode"),
    [
        ("Flat 2, 9 Lark LANE, Derby DE1 3ZD", "Flat 2, 9 Lark Lane, Derby", "Derby", "DE1 3ZD"),
        ("FLT 2 9 LARK LN DERBY de13zd", "Flat 2, 9 Lark Lane, Derby", "Derby", "DE1 3ZD"),
        ("Apt 41, 70b Moor View, Hull HU12 7FY", "Flat 41, 70B Moor View, Hull", "Hull", "HU12 7FY"),
        ("BASEMENT FLAT 45 BAKER STREET LONDON", "Flat Basement, 45 Baker Street, London", "London", None),
        ("12 St James St, St Albans, AL1 1AA", "12 St James Street, St Albans", "St Albans", "AL1 1AA"),
        ("109a Green Lane Derby", "109A Green Lane, Derby", "Derby", None),
        (
            "ZEBRA HOUSE 25 FLAT 45 GOVERNMENT ROAD ST ALBANS ST ALBANS",
            "Flat 45, Zebra House, 25 Government Road, St Albans",
            "St Albans",
            None,
        ),
        ("144 & A HALF PIPER ROAD LONDON", "144 and a Half Piper Road, London", "London", None),
        ("2/1, 45 Byres Rd, Glasgow G11 5RG", "Flat 2/1, 45 Byres Road, Glasgow", "Glasgow", "G11 5RG"),
        ("1 Oak Rd\nDerby\nDE1 1AA", "1 Oak Road, Derby", "Derby", "DE1 1AA"),
        (
            "Unit 5, Acme Ind Est, Gate Rd, Leeds",
            "Unit 5, Acme Industrial Estate, Gate Road, Leeds",
            "Leeds",
            None,
        ),
        ("5 Love Lane King's Langley", "5 Love Lane, Kings Langley", "Kings Langley", None),
        ("3 Mill Rd, Ipswich, Suffolk", "3 Mill Road, Ipswich, Suffolk", "Ipswich", None),
        ("DE1 1AA", None, None, "DE1 1AA"),
    ],
)
def test_address_in_its_written_form(value, written, town, postcode):
    assert (clean("address", value), clean("address_town", value), clean("address_postcode", value)) == (
        written,
        town,
        postcode,
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Flat 2, 9 Lark Lane, Derby DE1 3ZD", "FLT 2 9 LARK LN DERBY DE13ZD"),
        ("Apartment 45, Grange Dr, Bolton BL14 2PQ", "FLAT 45 GRANGE DRIVE BOLTON BL14 2PQ"),
        ("Ground Floor Flat, 8 High St, Hull HU1 1AA", "FLAT GROUND FLOOR 8 HIGH STREET HULL HU1 1AA"),
        ("1st Floor Flat 8 High St Hull", "First Floor Flat, 8 High Street, Hull"),
    ],
)
def test_address_key_joins_what_is_one_place(left, right):
    assert clean("address_key", left) == clean("address_key", right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Flat 2, 9 Lark Lane, Derby", "Flat 9, 2 Lark Lane, Derby"),
        ("9 Lark Lane, Derby DE1 3ZD", "9 Lark Lane, Derby DE1 3ZE"),
        ("9 Lark Lane, Derby", "9A Lark Lane, Derby"),
        ("9 Lark Lane, Derby", "9 Lark Road, Derby"),
    ],
)
def test_address_key_keeps_apart_what_is_not(left, right):
    assert clean("address_key", left) != clean("address_key", right)


def test_address_that_is_too_long_is_refused():
    with pytest.raises(CleanError, match="1,000"):
        clean("address", "1 Oak Road " * 200)


@given(st.text(max_size=120))
def test_address_loses_no_letter_or_digit_of_a_word(value):
    parsed = parse_address(value)
    assert isinstance(parsed, UkAddress)
    again = parse_address(parsed.written())
    assert again.written() is not None


def test_the_place_is_as_received_beside_the_written_form(bench):
    mapping = (
        "files:\n  - entities:\n      l:\n        type: Location\n        original: row\n"
        "        key: {column: where, clean: address_key}\n"
        "        properties: {address: {column: where, clean: address}, town: {column: where, clean: address_town},"
        " postcode: {column: where, clean: address_postcode}}\n"
    )
    bench.load('where\n"Flt 2, 9 Lark Ln, Derby DE1 3ZD"\n"FLAT 2 9 LARK LANE DERBY DE13ZD"\n', mapping)
    (place,) = bench.entities()
    assert place.properties == {
        "address": ("Flat 2, 9 Lark Lane, Derby",),
        "town": ("Derby",),
        "postcode": ("DE1 3ZD",),
    }
    received = {dict(record.original)["where"] for record in bench.records()}
    assert received == {"Flt 2, 9 Lark Ln, Derby DE1 3ZD", "FLAT 2 9 LARK LANE DERBY DE13ZD"}


def likeness(left: UkAddress, right: UkAddress) -> float:
    """A plain comparison of the parts, so that the cases measure the cleaning and not a matcher."""
    score = fuzz.ratio(left.street, right.street) + fuzz.ratio(left.rest, right.rest) / 2
    score += 100 if left.number == right.number else fuzz.ratio(left.number, right.number) / 2
    score += (
        fuzz.token_set_ratio(left.flat, right.flat)
        if left.flat and right.flat
        else 50 * (left.flat == right.flat)
    )
    score += (
        fuzz.token_set_ratio(left.building, right.building) / 2 if left.building or right.building else 50
    )
    return score + (100 if left.postcode == right.postcode else 0)


def test_labelled_hard_cases(shared_data):
    """21 labelled cases of uk_address_matcher: the true address must be likest, alone. Raise the figure, never lower it."""
    path = shared_data / "uk_addresses" / "edge_case_addresses.yaml"
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))["addresses"]
    held: list[int] = []
    for number, case in enumerate(cases, 1):
        messy = parse_address(" ".join(case["messy_address"]))
        scores = [likeness(messy, parse_address(" ".join(one))) for one in case["canonical_addresses"]]
        if scores[0] > max(scores[1:], default=-1):
            held.append(number)
    assert len(cases) == 21
    assert held == [2, 3, 4, 7, 9, 10, 11, 13, 15, 16, 17, 18, 19, 20, 21]


def test_real_addresses_are_all_read_and_most_have_a_street(shared_data):
    import pyarrow.parquet as pq

    rows = pq.read_table(shared_data / "uk_addresses" / "fhrs_addresses_sample.parquet").to_pylist()
    parsed = [parse_address(f"{row['address_concat']} {row['postcode']}") for row in rows]
    assert len(parsed) == 5_000
    with_street = sum(bool(one.street) for one in parsed)
    right_postcode = sum(one.postcode == row["postcode"] for one, row in zip(parsed, rows, strict=True))
    assert with_street >= 4_600
    assert right_postcode >= 4_990
