"""Handsets, SIM cards, wallets, accounts, e-mail and names of many scripts: checked, one written form, original kept."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import CLEANERS, CleanSettings, is_cleaner, make_cleaner
from ingest.clean.devices import luhn_digit
from ingest.clean.keccak import keccak_256
from ingest.errors import CleanError

UK = CleanSettings()


def clean(name: str, value: str):
    cleaner = make_cleaner(name, UK)
    assert cleaner.text is not None
    return cleaner.text(value)


def notes(name: str, value: str) -> tuple[str, ...]:
    cleaner = make_cleaner(name, UK)
    assert cleaner.notes is not None
    return cleaner.notes(value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("imei", "490154203237518", "490154203237518"),
        ("imei", "49-015420-323751-8", "490154203237518"),
        ("imei", "49015420323751", "490154203237518"),
        ("imei", "490154203237510", "490154203237518"),
        ("imei", "4901542032375101", "490154203237518"),
        ("imei", "'490154203237518", "490154203237518"),
        ("imsi", "234 15 0123456789", "234150123456789"),
        ("imsi", "901700000000001", "901700000000001"),
        ("iccid", "8944100000000000007F", "8944100000000000007"),
        ("iccid", "89 44 1000 0000 0000 0007", "89441000000000000007"),
        ("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("wallet", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        (
            "wallet",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        (
            "wallet",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ),
        (
            "wallet",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        ),
        (
            "wallet",
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=1",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ),
        ("wallet_any", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
        ("wallet_chain", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bitcoin"),
        ("wallet_chain", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ethereum"),
        ("wallet_chain", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", None),
        ("iban", "IBAN GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("account_sort_code", "GB82WEST12345698765432", "12-34-56"),
        ("account_digits", "GB82WEST12345698765432", "98765432"),
        ("account_digits", "123456 98765432", "98765432"),
        ("account_digits", "4023119902", "4023119902"),
        ("account_sort_code", "DE89370400440532013000", None),
        ("account_digits", "DE89370400440532013000", None),
        ("account_iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("account_iban", "123456 98765432", None),
        ("account_reference", "GB82 WEST 1234 5698 7654 32", "12-34-56 98765432"),
        ("account_reference", "12-34-56 98765432", "12-34-56 98765432"),
        ("account_reference", "123456/98765432", "12-34-56 98765432"),
        ("account_reference", "12345698765432", "12-34-56 98765432"),
        ("account_reference", "DE89370400440532013000", "DE89370400440532013000"),
        ("account_reference", "4023-1199 02", "4023119902"),
        ("bic", "westgb2l", "WESTGB2L"),
        ("email", "Ada+shop@Example.ORG", "ada+shop@example.org"),
        ("email", "mailto:ada@example.org", "ada@example.org"),
        ("email", "ada@b\u00fccher.example", "ada@b\u00fccher.example"),
        ("email", "ada@xn--bcher-kva.example", "ada@b\u00fccher.example"),
        ("email", "ada@xn--\u00e4.example", "ada@xn--\u00e4.example"),
        ("name", "\u0645\u062d\u0645\u062f \u062e\u0627\u0646", "\u0645\u062d\u0645\u062f \u062e\u0627\u0646"),
        ("name", "\u0414\u043c\u0438\u0442\u0440\u0438\u0438\u0306", "\u0414\u043c\u0438\u0442\u0440\u0438\u0439"),
        ("name", "\u738b\u5c0f\u660e", "\u738b\u5c0f\u660e"),
        ("phone", "+353 1 234 5678", "+35312345678"),
        ("phone", "0033 1 23 45 67 89", "+33123456789"),
        ("phone", "+90 212 555 01 00", "+902125550100"),
        ("phone:FR", "01 23 45 67 89", "+33123456789"),
        ("phone:FR", "+44 7700 900123", "+447700900123"),
        ("phone:GB", "07700 900123", "+447700900123"),
    ],
)  # fmt: skip
def test_clean_more_gives_the_written_form(name, value, expected):
    assert clean(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("imei", "490154203237519", "check digit"),
        ("imei", "4901542032375", "14, 15 or 16"),
        ("imei", "4.90154E+14", "damaged number"),
        ("imei", "000000000000000", "zeros"),
        ("imei", "49015420323751X", "digits only"),
        ("imsi", "134150123456789", "country code"),
        ("imsi", "23415", "6 to 15"),
        ("iccid", "7944100000000000003", "begin with 89"),
        ("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "checksum does not hold"),
        ("wallet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "checksum does not hold"),
        ("wallet", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "mixed case"),
        ("wallet", "0x5aAeb6053f3E94C9b9A09f33669435E7Ef1BeAed", "EIP-55"),
        ("wallet", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea", "40 hexadecimal"),
        ("wallet", "hello", "not a wallet"),
        ("wallet_any", "two words", "not a wallet"),
        ("wallet_any", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "checksum"),
        ("iban", "GB82WEST123456987654321", "too short or too long"),
        ("iban", "GB83WEST12345698765432", "check digits"),
        ("account_reference", "GB83WEST12345698765432", "check digits"),
        ("account_reference", "cash", "not an account"),
        ("bic", "WEST", "not a BIC"),
        ("phone:FR", "hello", "not a telephone"),
    ],
)
def test_clean_more_refuses_with_a_reason(name, value, reason):
    with pytest.raises(CleanError, match=reason) as caught:
        clean(name, value)
    assert value not in str(caught.value)


def test_bech32_of_the_wrong_kind_is_refused():
    # BIP-350: version 1 with the checksum of version 0, and a program of no valid length
    for address in (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "bc1qr508d6qejxtdg4y5r3zarvaryvqyzf3du",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1pw5dgrnzv",
    ):
        with pytest.raises(CleanError):
            clean("wallet", address)


def test_imei_and_iccid_say_how_they_were_written():
    assert notes("imei", "490154203237518") == ()
    assert "zero for its check digit" in notes("imei", "490154203237510")[0]
    assert "14 digits" in notes("imei", "49015420323751")[0]
    assert "software version" in notes("imei", "4901542032375101")[0]
    assert notes("iccid", "8944100000000000007") != ()  # the sample's last digit is no check digit
    assert notes("iccid", "894410000000000000" + luhn_digit("894410000000000000")) == ()


@given(st.text("0123456789", min_size=14, max_size=14).filter(lambda digits: digits.strip("0")))
def test_imei_in_its_four_written_forms_is_one(digits):
    whole = digits + luhn_digit(digits)
    assert {clean("imei", form) for form in (digits, whole, digits + "0", digits + "07")} == {whole}


@given(st.binary(max_size=400))
def test_keccak_with_the_other_padding_is_sha3(message):
    assert keccak_256(message, padding=0x06) == hashlib.sha3_256(message).digest()


def test_keccak_of_nothing_is_ethereums():
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@given(st.sampled_from([name for name in CLEANERS if make_cleaner(name, UK).text]), st.text(max_size=60))
def test_no_cleaner_ends_but_with_a_value_or_a_reason(name, value):
    cleaned, stripped = None, value.strip()
    if stripped:
        with contextlib.suppress(CleanError):
            cleaned = clean(name, stripped)
    assert cleaned is None or isinstance(cleaned, (str, int, float, bool))


@pytest.mark.parametrize(
    "name", ["wallet", "address", "address_key", "imei", "account_reference", "email", "iban"]
)
@given(value=st.text(min_size=1, max_size=40).map(str.strip).filter(bool))
def test_what_is_clean_stays_as_it_is(name, value):
    try:
        once = clean(name, value)
    except CleanError:
        return
    if isinstance(once, str) and once.strip() == once and once:
        assert clean(name, once) == once or name.startswith("address")


def test_cleaners_with_a_parameter_exist_only_for_what_there_is():
    names = ("code:crime_types", "phone:DE", "code:nothing", "phone:XX", "phone:")
    assert [is_cleaner(name) for name in names] == [True, True, False, False, False]


def test_the_notes_of_a_load_and_the_original(bench):
    mapping = (
        "files:\n  - entities:\n      phone:\n        type: Phone\n        key: number\n"
        "        original: row\n        properties: {imei: {column: imei, clean: imei}}\n"
    )
    summary = bench.load(
        "number,imei\n+447700900123,490154203237510\n+447700900124,49-015420-323751-8\n", mapping
    )
    assert [entity.properties["imei"] for entity in bench.entities()] == [("490154203237518",)] * 2
    assert [dict(record.original)["imei"] for record in bench.records()] == [
        "490154203237510",
        "49-015420-323751-8",
    ]
    assert [line for line in summary.warnings if "zero for its check digit" in line] == [
        (
            "rows.csv: imei: IMEI with a zero for its check digit, as networks write it: the check digit was worked out"
            " (1 times, first in row 1)"
        )
    ]
