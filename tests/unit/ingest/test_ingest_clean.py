"""Cleaners: one written form, or a reason; never a guess and never a silent loss."""

from __future__ import annotations

import pytest

from ingest.clean import CLEANERS, CleanSettings, flags, make_cleaner
from ingest.errors import CleanError

UK = CleanSettings()
US = CleanSettings(dates="mdy")


def clean(name: str, value: str, settings: CleanSettings = UK):
    cleaner = make_cleaner(name, settings)
    assert cleaner.text is not None
    return cleaner.text(value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("text", "a  b\tc\u00a0d", "a b c d"),
        ("text", "a\x00b\x1bc", "abc"),
        ("text", "'=1+1", "=1+1"),
        ("text", "'Tis", "'Tis"),
        ("name", "Jose\u0301  Example", "José Example"),
        ("name", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("name", "'}) DETACH DELETE n //", "'}) DETACH DELETE n //"),
        ("verbatim", " a  b ", " a  b "),
        ("fold", "Flat 2, 9 Lark  LANE.", "flat 2 9 lark lane"),
        ("html", "A &AMP; B&#039;s &quot;C&quot;", 'A & B\'s "C"'),
        ("email", "Ada@Example.ORG", "ada@example.org"),
        ("surname_first", "QUILL, Ada Mary", "Ada Mary QUILL"),
        ("surname_first", "Ada Quill", "Ada Quill"),
        ("surname_first", "Quill, Marsh, Beck", "Quill, Marsh, Beck"),
        ("identifier", "\uff11\uff12AB", "12AB"),
        ("phone", "07700 900123", "+447700900123"),
        ("phone", "+44 (0)7700 900123", "+447700900123"),
        ("phone", "447700900123", "+447700900123"),
        ("phone", "00447700900123", "+447700900123"),
        ("phone", "'+447700900123", "+447700900123"),
        ("phone", "\uff10\uff17\uff17\uff10\uff10 900123", "+447700900123"),
        ("phone", "+1 212 555 0100", "+12125550100"),
        ("phone_lenient", "0-(070)893-3322", "0-(070)893-3322"),
        ("phone_lenient", "07700 900123", "+447700900123"),
        ("phone_lenient", "5-(997)640-5104", "5-(997)640-5104"),
        ("vrm", "ab12 cde", "AB12CDE"),
        ("vrm", "\uff21\uff2212-CDE", "AB12CDE"),
        ("postcode", "m11aa", "M1 1AA"),
        ("postcode", "SW1A1AA", "SW1A 1AA"),
        ("company_number", "12345", "00012345"),
        ("company_number", "sc123", "SC000123"),
        ("company_number", "OE029880", "OE029880"),
        ("company_number", "ZZ100000", "ZZ100000"),
        ("company_number", "IP01234R", "IP01234R"),
        ("sort_code", "123456", "12-34-56"),
        ("account_number", "1234 5678", "12345678"),
        ("iban", "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("integer", "1,234", 1234),
        ("integer", "-7", -7),
        ("integer", "7.0", 7),
        ("decimal", "-2.61741", -2.61741),
        ("decimal", "1e-3", 0.001),
        ("percent", "25 %", 0.25),
        ("pence", "£1,234.5", 123450),
        ("pence", "(12.00)", -1200),
        ("pence", "-0.07", -7),
        ("pence", "1234567890.10", 123456789010),
        ("boolean", "Yes", True),
        ("boolean", "f", False),
    ],
)
def test_clean_gives_the_written_form(name, value, expected):
    assert clean(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("name", "x" * 501, "longer than 500"),
        ("name", "a" + "\u0301" * 10_000, "longer than"),
        ("name", "ab" + "\u0332" * 30, "combining marks"),
        ("text", "x" * 100_001, "longer than"),
        ("email", "not an address", "not an e-mail"),
        ("email", "<a@b.c>", "not an e-mail"),
        ("phone", "4.47E+11", "damaged number"),
        ("phone", "4.47701E+11", "damaged number"),
        ("phone", "7700900123", "damaged number"),
        ("phone", "1612345678", "damaged number"),
        ("phone", "12", "not a telephone"),
        ("phone", "VOICEMAIL", "not a telephone"),
        ("phone_lenient", "4.47E+11", "damaged number"),
        ("vrm", "AB12CDE99", "not a vehicle"),
        ("vrm", "AB$2", "not a vehicle"),
        ("postcode", "HERTFORDSHIRE", "not a United Kingdom postcode"),
        ("company_number", "123456789", "not a company number"),
        ("company_number", "41-0406690", "not a company number"),
        ("company_number", "ABC12345", "not a company number"),
        ("sort_code", "12345", "not a sort code"),
        ("account_number", "1234567", "not an account"),
        ("iban", "GB82WEST12345698765433", "check digits"),
        ("iban", "hello", "not an IBAN"),
        ("integer", "4.5", "not a whole number"),
        ("integer", "4.4E+11", "damaged number"),
        ("integer", "twelve", "not a whole number"),
        ("decimal", "nan", "not a number"),
        ("decimal", "1e999", "not a finite"),
        ("percent", "101", "0 to 100"),
        ("pence", "1.005", "not an amount"),
        ("pence", "1,23.00", "not an amount"),
        ("boolean", "perhaps", "neither"),
    ],
)
def test_clean_refuses_with_a_reason_that_does_not_repeat_the_value(name, value, reason):
    with pytest.raises(CleanError, match=reason) as caught:
        clean(name, value)
    assert value not in str(caught.value) or len(value) < 4


def test_clean_every_cleaner_can_be_made():
    assert [make_cleaner(name, UK).name for name in CLEANERS] == list(CLEANERS)


@pytest.mark.catalogue("I22")
def test_clean_nfc_and_nfd_of_one_name_are_equal():
    assert clean("name", "Zoe\u0308") == clean("name", "Zo\u00eb")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", " =", "  +", " @"])
def test_clean_takes_the_guard_off_what_a_spreadsheet_export_guarded(start):
    value = f"{start}cmd"
    assert clean("text", f"'{value}") == clean("text", value)


def test_clean_json_key_keeps_number_and_text_apart():
    key = make_cleaner("json_key", UK).whole
    assert key is not None
    assert [key(value) for value in (77, "77", "a", "", None, True, "true", [1], 12345678901234567890)] == [
        "77", '"77"', "a", None, None, "true", '"true"', None, "12345678901234567890",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Paul", ()),
        ("P\u0430ul", ("mixed scripts",)),
        ("\u041f\u0430\u0432\u0435\u043b", ()),
        ("Ren\u00e9e", ()),
        ("\u00e2\u0080\u009cvictim\u00e2", ("mojibake",)),
        ("Jos\u00c3\u00a9", ("mojibake",)),
        ("a\ufffdb", ("mojibake",)),
        ("a\u202eb", ("invisible characters",)),
        ("\uff21\uff2212 CDE", ("full-width characters",)),
        ("\u00c2ge \u00eele", ()),
    ],
)
def test_clean_flags_damage_and_deceit(value, expected):
    assert flags(value) == expected
