"""Ends of calls, durations, moments since 1970 and chassis numbers: the written form, or a reason without the value."""

from __future__ import annotations

import pytest

from ingest.clean import CleanSettings, make_cleaner
from ingest.errors import CleanError

UK = CleanSettings()


@pytest.mark.parametrize(
    ("cleaner", "value", "expected"),
    [
        ("dialled", "07700 900123", "+447700900123"), ("dialled", "447700900123", "+447700900123"),
        ("dialled", "00447700900123", "+447700900123"), ("dialled", "+44 (0)7700 900123", "+447700900123"),
        ("dialled", "'+33 1 99 00 01 23", "+33199000123"), ("dialled", "999", "999"), ("dialled", "*#06#", None),
        ("dialled", "Withheld", None), ("dialled", "ANONYMOUS", None), ("dialled", "+ANONYMOUS", None),
        ("dialled", "+60777", "60777"), ("dialled", "ExampleBank", "ExampleBank"),
        ("full_number", "999", None), ("full_number", "unknown", None), ("short_code", "07700900123", None),
        ("short_code", "118999", "118999"), ("short_code", "3Example", "3Example"),
        ("duration", "00:01:01", 61), ("duration", "61:05", 3665), ("duration", "1h 2m 3s", 3723), ("duration", "61.0", 61),
        ("duration", "27:00:00", 97_200), ("duration", "9s", 9),
        ("epoch_s", "1772357400", "2026-03-01T09:30:00.000000Z"), ("epoch_s", "1772357400.25", "2026-03-01T09:30:00.250000Z"),
        ("epoch_ms", "1772357400250", "2026-03-01T09:30:00.250000Z"),
        ("vin", "wvwzzz1jzxw000001", "WVWZZZ1JZXW000001"), ("vin", "GT6-12345", "GT6-12345"),
        ("headline", "one two", "one two"), ("headline", "word " * 40, "word " * 15 + "word …"),
    ],
)  # fmt: skip
def test_telecoms_written_form(cleaner, value, expected):
    clean = make_cleaner(cleaner, UK).text
    assert clean is not None
    if value == "*#06#":
        with pytest.raises(CleanError):
            clean(value)
        return
    assert clean(value) == expected


@pytest.mark.parametrize(
    ("cleaner", "value", "reason"),
    [
        ("dialled", "4.477E+11", "power of ten"), ("dialled", "7700900123", "first zero is missing"),
        ("dialled", "4791234567", "no leading zero or +"), ("dialled", "345678", "no leading zero or +"),
        ("dialled", "0770090012O", "not a telephone number"), ("duration", "0.000706", "fraction of a day"),
        ("duration", "7.06E-04", "fraction of a day"), ("duration", "1.5", "not a duration"), ("duration", "00:99:00", "more than 59"),
        ("epoch_s", "1772357400000", "these are milliseconds"), ("epoch_ms", "1772357400", "these are seconds"),
        ("epoch_s", "46082", "not seconds"), ("epoch_s", "100000000", "before 1990"),
        ("vin", "WVWZZZ1JZXWO00001", "no I, O or Q"), ("vin", "1.0E+16", "not a chassis number"),
        ("iccid", "89441000000000000000", "last digits are zeros"), ("vrm", "12-Mar", "into a date"), ("vrm", "01/03/2012", "into a date"),
    ],
)  # fmt: skip
def test_telecoms_refuses_with_a_reason_that_does_not_repeat_the_value(cleaner, value, reason):
    clean = make_cleaner(cleaner, UK).text
    assert clean is not None
    with pytest.raises(CleanError, match=reason.replace("+", r"\+")) as caught:
        clean(value)
    assert value not in str(caught.value)
