"""Money without floats, and times as people remember them: a stated precision, never a guess."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore.model.times import parse_iso_utc
from ingest.clean import CleanSettings, make_cleaner
from ingest.clean.span_words import parse_span
from ingest.errors import CleanError

UK = CleanSettings()


def clean(name: str, value: str):
    cleaner = make_cleaner(name, UK)
    assert cleaner.text is not None
    return cleaner.text(value)


@pytest.mark.parametrize(
    ("value", "hundredths", "currency"),
    [
        ("£1,234.50", 123450, "GBP"),
        ("€ 1.234,56", 123456, "EUR"),
        ("1\u202f234,56 EUR", 123456, "EUR"),
        ("CHF 1\u2019234.50", 123450, "CHF"),
        ("1.234.567", 123456700, None),
        ("(12.00)", -1200, None),
        ("1,234.56-", -123456, None),
        ("-£5", -500, "GBP"),
        ("£-5", -500, "GBP"),
        ("\u22125.10", -510, None),
        ("12.50 CR", 1250, None),
        ("12.50DR", -1250, None),
        ("£5k", 500_000, "GBP"),
        ("£2.5m", 250_000_000, "GBP"),
        ("US$ 7", 700, "USD"),
        ("$7", 700, None),
        ("1,23", 123, None),
        ("0.1", 10, None),
        ("99999999999999.99", 9_999_999_999_999_999, None),
    ],
)
def test_money_in_many_notations(value, hundredths, currency):
    assert clean("money", value) == hundredths
    assert clean("money_currency", value) == currency
    assert Decimal(clean("money_exact", value)) * 100 == hundredths


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1.234", "two ways"),
        ("12.345", "two ways"),
        ("1,23,456", "two ways"),
        ("12 34", "space"),
        ("0.0001", "finer than hundredths"),
        ("4.47E+11", "damaged number"),
        ("ten pounds", "not an amount"),
        ("5 apples", "no currency"),
        ("(5", "bracket"),
        ("£", "not an amount"),
        ("1" * 60, "not an amount|two ways"),
    ],
)
def test_money_that_is_none_or_reads_in_two_ways_is_refused(value, reason):
    with pytest.raises(CleanError, match=reason) as caught:
        clean("money", value)
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "exact", "currency"),
    [
        ("0.00012300 BTC", "0.000123", "BTC"),
        ("12.345 BTC", "12.345", "BTC"),
        ("1,000.000000000000000001", "1000.000000000000000001", None),
        ("\u20bf0.5", "0.5", "BTC"),
        ("-0.0", "0", None),
    ],
)
def test_money_exact_keeps_every_digit(value, exact, currency):
    assert clean("money_exact", value) == exact
    assert clean("money_currency", value) == currency


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False))
def test_money_of_any_amount_is_exact(amount):
    assert clean("money", f"{amount:,.2f}") == int(amount * 100)
    swapped = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert clean("money", swapped) == int(amount * 100)


@pytest.mark.parametrize(("value", "code"), [("gbp", "GBP"), ("€", "EUR"), ("USDC", "USDC")])
def test_currency(value, code):
    assert clean("currency", value) == code


def test_currency_of_a_sign_that_many_have_is_refused():
    with pytest.raises(CleanError, match="not a currency"):
        clean("currency", "$")


SPANS = [
    ("about 3 pm on 4 May 2024", "2024-05-04 14:30", "2024-05-04 15:30", "about an hour"),
    ("04/05/2024 about 3 pm", "2024-05-04 14:30", "2024-05-04 15:30", "about an hour"),
    ("approx 15:20 04/05/2024", "2024-05-04 15:05", "2024-05-04 15:35", "about a quarter of an hour"),
    ("04/05/2024 1530 hrs", "2024-05-04 15:30", "2024-05-04 15:31", "minute"),
    ("2024-05-04 15:30", "2024-05-04 15:30", "2024-05-04 15:31", "minute"),
    ("4 May 2024", "2024-05-04 00:00", "2024-05-05 00:00", "day"),
    ("on or about 4 May 2024", "2024-05-03 00:00", "2024-05-06 00:00", "about a day"),
    ("evening of 4 May 2024", "2024-05-04 17:00", "2024-05-04 22:00", "part of a day"),
    ("overnight 04/05/2024", "2024-05-04 20:00", "2024-05-05 06:00", "part of a day"),
    ("early May 2024", "2024-05-01 00:00", "2024-05-11 00:00", "part of a month"),
    ("late February 2024", "2024-02-21 00:00", "2024-03-01 00:00", "part of a month"),
    ("mid-2023", "2023-05-01 00:00", "2023-09-01 00:00", "part of a year"),
    ("May 2024", "2024-05-01 00:00", "2024-06-01 00:00", "month"),
    ("summer 2023", "2023-06-01 00:00", "2023-09-01 00:00", "season"),
    ("circa 2019", "2018-01-01 00:00", "2021-01-01 00:00", "about a year"),
    ("2024", "2024-01-01 00:00", "2025-01-01 00:00", "year"),
    ("between 1 May 2024 and 3 May 2024", "2024-05-01 00:00", "2024-05-04 00:00", "between"),
    ("between 3 pm and 5 pm on 4 May 2024", "2024-05-04 15:00", "2024-05-04 17:00", "between"),
    ("from January 2024 to March 2024", "2024-01-01 00:00", "2024-04-01 00:00", "between"),
    ("before 4 May 2024", None, "2024-05-04 00:00", "before"),
    ("after 2020", "2021-01-01 00:00", None, "after"),
    ("since 2020", "2020-01-01 00:00", None, "after"),
]


@pytest.mark.parametrize(("value", "start", "end", "precision"), SPANS)
def test_spans_and_what_they_are_exact_to(value, start, end, precision):
    span = parse_span(value, UK)
    shown = tuple(None if side is None else f"{side:%Y-%m-%d %H:%M}" for side in (span.start, span.end))
    assert (*shown, span.precision) == (start, end, precision)
    assert clean("approximate_precision", value) == precision


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("about 3 pm", "without a date"),
        ("evening", "without a date"),
        ("soon", "not a date"),
        ("31/02/2024", "does not exist"),
        ("4 May 2024 25:00", "time of day that does not exist"),
        ("4 May 2024 banana", "no time of day"),
        ("between 5 May 2024 and 3 May 2024", "ends before it starts"),
        ("x" * 300, "more than 200"),
    ],
)
def test_spans_that_say_no_time_are_refused(value, reason):
    with pytest.raises(CleanError, match=reason):
        parse_span(value, UK)


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("early May 2024", "2024-05"),
        ("about 3 pm on 4 May 2024", "2024-05-04"),
        ("circa 2019", None),
        ("2024", "2024"),
    ],
)
def test_the_partial_date_that_holds_a_span(value, date):
    assert clean("approximate_date", value) == date


def test_a_span_is_utc_and_open_sides_are_nothing():
    assert clean("approximate_time", "about 3 pm on 4 May 2024") == (
        "2024-05-04T13:30:00.000000Z/2024-05-04T14:30:00.000000Z"
    )
    assert clean("approximate_start", "before 4 May 2024") is None
    assert clean("approximate_time", "after 2020").endswith("/..")


@given(st.text(max_size=60))
def test_any_text_is_a_span_in_order_or_is_refused(value):
    try:
        start, end = clean("approximate_start", value), clean("approximate_end", value)
    except CleanError:
        return
    assert start is None or end is None or parse_iso_utc(start) <= parse_iso_utc(end)


def test_spans_are_the_validity_of_a_link(bench):
    mapping = (
        "files:\n  - entities:\n      p: {type: Person, key: who}\n      v: {type: Vehicle, key: vrm}\n"
        "    links:\n      - type: USES_VEHICLE\n        source: p\n        target: v\n"
        "        original: row\n"
        "        valid_from: {join: [day, at], clean: approximate_start}\n"
        "        valid_to: {join: [day, at], clean: approximate_end}\n"
        "        properties: {basis: {join: [day, at], clean: approximate_precision}}\n"
    )
    bench.load("who,vrm,day,at\nA,AB12CDE,04/05/2024,about 3 pm\n", mapping)
    (link,) = bench.links()
    assert (link.valid_from, link.valid_to) == ("2024-05-04T13:30:00.000000Z", "2024-05-04T14:30:00.000000Z")
    assert link.properties["basis"] == ("about an hour",)
