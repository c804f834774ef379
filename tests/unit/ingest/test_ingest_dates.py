"""Dates and times: many ways of writing, one meaning, and nothing made up."""

from __future__ import annotations

import pytest

from ingest.clean import CleanSettings, make_cleaner
from ingest.errors import CleanError

UK = CleanSettings()


def clean(name: str, value: str, settings: CleanSettings = UK):
    cleaner = make_cleaner(name, settings)
    assert cleaner.text is not None
    return cleaner.text(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-04-03", "2026-04-03"),
        ("03/04/2026", "2026-04-03"),
        ("3/4/2026", "2026-04-03"),
        ("3.4.2026", "2026-04-03"),
        ("20260403", "2026-04-03"),
        ("3 Apr 2026", "2026-04-03"),
        ("3rd April 2026", "2026-04-03"),
        ("03-APR-2026", "2026-04-03"),
        ("2026-04", "2026-04"),
        ("1961-12", "1961-12"),
        ("1961-3", "1961-03"),
        ("04/2026", "2026-04"),
        ("April 2026", "2026-04"),
        ("2026", "2026"),
        ("2026-04-03T00:00:00", "2026-04-03"),
        ("03/04/2026 00:00:00", "2026-04-03"),
        ("29/02/2024", "2024-02-29"),
    ],
)
def test_dates_are_read_in_every_usual_form(value, expected):
    assert clean("partial_date", value) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("31/02/1980", "does not exist"),
        ("29/02/2023", "does not exist"),
        ("2026-13-01", "does not exist"),
        ("03/04/26", "two digits"),
        ("03-Apr-26", "two digits"),
        ("yesterday", "not a date"),
        ("0026-01-01", "outside"),
        ("12", "not a date"),
        ("99999999", "outside"),
    ],
)
def test_dates_that_are_none_are_refused(value, reason):
    with pytest.raises(CleanError, match=reason):
        clean("partial_date", value)


def test_dates_american_order_is_a_setting():
    assert clean("partial_date", "03/04/2026", CleanSettings(dates="mdy")) == "2026-03-04"
    assert clean("partial_date", "2026-04-03", CleanSettings(dates="mdy")) == "2026-04-03"


@pytest.mark.catalogue("C27")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-05 09:30", "2026-01-05T09:30:00.000000Z"),
        ("2026-07-05 09:30", "2026-07-05T08:30:00.000000Z"),
        ("05/07/2026 09:30:15", "2026-07-05T08:30:15.000000Z"),
        ("05/07/2026 9:30 pm", "2026-07-05T20:30:00.000000Z"),
        ("2026-07-05T09:30:00Z", "2026-07-05T09:30:00.000000Z"),
        ("2026-07-05T09:30:00+02:00", "2026-07-05T07:30:00.000000Z"),
        ("2026-07-05T09:30:00.25Z", "2026-07-05T09:30:00.250000Z"),
        ("2026-07-05 09:30 BST", "2026-07-05T08:30:00.000000Z"),
        ("2026-07-05 09:30 GMT", "2026-07-05T09:30:00.000000Z"),
        ("20260105 0930", "2026-01-05T09:30:00.000000Z"),
        ("20260105T093015Z", "2026-01-05T09:30:15.000000Z"),
        ("04/08/2017 00:32", "2017-08-03T23:32:00.000000Z"),
        ("2026-10-25 01:30", "2026-10-25T00:30:00.000000Z"),
    ],
)
def test_times_become_utc(value, expected):
    assert clean("timestamp", value) == expected


@pytest.mark.catalogue("C27")
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2026-03-29 01:30", "clocks went forward"),
        ("2026-01-05", "not a date and time"),
        ("2026-01-05 25:00", "time of day"),
        ("2026-01-05 13:00 pm", "time of day"),
        ("2026-01 09:30", "whole date"),
    ],
)
def test_times_that_are_none_are_refused(value, reason):
    with pytest.raises(CleanError, match=reason):
        clean("timestamp", value)


def test_times_utc_cleaner_ignores_the_local_zone():
    assert clean("timestamp_utc", "2026-07-05 09:30") == "2026-07-05T09:30:00.000000Z"


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("2026-01-31", "2026-01-31T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z"),
        ("2026-07", "2026-06-30T23:00:00.000000Z", "2026-07-31T23:00:00.000000Z"),
        ("2026-12", "2026-12-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z"),
        ("2026", "2026-01-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z"),
        ("2026-01-05 09:30", "2026-01-05T09:30:00.000000Z", "2026-01-05T09:30:00.000000Z"),
    ],
)
def test_times_spans_hold_the_whole_of_what_is_said(value, start, end):
    assert clean("span_start", value) == start
    assert clean("span_end", value) == end
