"""Statements of every form: exact amounts, no invented accounts, damaged lines refused one by one, hostile bytes harmless."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.business.payments import stated_twice
from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow
from ingest.registry import SOURCES
from ingest.sources.bank import ofx
from ingest.sources.bank.mt940 import narrative_parts
from ingest.sources.bank.reader import open_rows

FOLDER = Path(str(SOURCES["bank"].folder))
SAMPLE = FOLDER / "sample"
SECTION = FileWords(format="bank_statement", links=[])
MT940 = (SAMPLE / "northgate.sta").read_text(encoding="utf-8")
CAMT = (SAMPLE / "caledon-camt053.xml").read_text(encoding="utf-8")
OFX = (SAMPLE / "harbour.ofx").read_text(encoding="utf-8")
QIF = (SAMPLE / "till.qif").read_text(encoding="utf-8")


def rows(path: Path) -> list:
    opened = open_rows(path, path.name, SECTION)
    found = list(opened.rows())
    assert list(opened.rows()) == found  # the same rows each time
    assert opened.total == len(found)
    return found


def read(tmp_path: Path, content: str | bytes, name: str = "statement.sta") -> list:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return rows(path)


def lines(found: list) -> list[tuple[str, str, str]]:
    return [(row["direction"], row["amount"], row["item"]) for row in found if "direction" in row]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("northgate.sta", [("out", "250", "payment"), ("in", "1000", "named"), ("out", "19.99", "named")]),
        (
            "caledon-camt053.xml",
            [("out", "300.5", "payment"), ("out", "100", "named"), ("out", "50", "named")],
        ),
        ("harbour.ofx", [("out", "75.1", "payment"), ("in", "1500", "named")]),
        ("harbour-v2.ofx", [("out", "42", "named")]),
        ("till.qif", [("out", "120", "named"), ("in", "1250", "named")]),
    ],
)
def test_statement_lines_and_their_direction(name, expected):
    assert lines(rows(SAMPLE / name)) == expected


def test_statements_balance_to_the_penny():
    found = rows(SAMPLE / "northgate.sta")
    opening, closing = (Decimal(row["amount"]) for row in found if row["item"] == "balance")
    moved = sum(
        Decimal(row["amount"]) * (1 if row["direction"] == "in" else -1)
        for row in found
        if "direction" in row
    )
    assert opening + moved == closing


@pytest.mark.parametrize(
    ("narrative", "expected"),
    [
        ("/IBAN/GB29CALE20304110000019/NAME/A B/REMI/rent", ("A B", "GB29CALE20304110000019", "rent")),
        (
            "?00TRF?20rent?21march?31DE89370400440532013000?32A?33B",
            ("A B", "DE89370400440532013000", "rent march"),
        ),
        ("plain words\nin two lines", ("", "", "plain words in two lines")),
        ("a question? yes", ("", "", "a question? yes")),
    ],
)
def test_mt940_narratives(narrative, expected):
    parts = narrative_parts(narrative)
    assert (parts.get("name", ""), parts.get("account", ""), parts["text"]) == expected


DAMAGED = [
    ("mt940 bad line", MT940.replace(":61:2603020302D250,00", ":61:2603020302X250,00"), "sta", "61"),
    ("mt940 no account", MT940.replace(":25:001122/10000001GBP\n", ""), "sta", "60F"),
    ("mt940 bad balance", MT940.replace("C260301GBP1250,75", "C260301GBP"), "sta", "60F"),
    ("mt940 cut off", MT940[: MT940.index("C1000,00")], "sta", "61"),
    ("camt no side", CAMT.replace("<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>", "<RvslInd>"), "xml", "CdtDbtInd"),
    ("camt bad amount", CAMT.replace('Ccy="GBP">50.00', 'Ccy="GBP">fifty'), "xml", "amount"),
    ("camt no account", CAMT.replace("<Id><IBAN>GB29CALE20304110000019</IBAN></Id>", ""), "xml", "Acct"),
    ("ofx bad amount", OFX.replace("<TRNAMT>-75.10", "<TRNAMT>1.234"), "ofx", None),
    ("ofx empty amount", OFX.replace("<TRNAMT>-75.10", "<TRNAMT>"), "ofx", "amount"),
    ("ofx no account number", OFX.replace("<ACCTID>20000001", ""), "ofx", "ACCTID"),
    ("qif without account", QIF[QIF.index("!Type") :], "qif", "account"),
    ("qif cut off", QIF.rstrip().removesuffix("^"), "qif", "entry"),
    ("qif bad amount", QIF.replace("T-120.00", "Tmany"), "qif", "amount"),
]


@pytest.mark.parametrize(("name", "content", "ending", "field"), DAMAGED, ids=[one[0] for one in DAMAGED])
def test_a_damaged_part_is_refused_with_its_field_and_the_rest_goes_on(
    tmp_path, name, content, ending, field
):
    found = read(tmp_path, content, f"damaged.{ending}")
    bad = [row.field for row in found if isinstance(row, BadRow)]
    assert bad[:1] == ([field] if field else [])
    assert all(row.reason and len(row.original) <= 70_000 for row in found if isinstance(row, BadRow))


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>'
REFUSED = [
    ("no statement", "hello\nworld\n", "beginning"),
    ("empty", "", "beginning"),
    ("entity bomb", BOMB, "DOCTYPE or entities"),
    (
        "doctype",
        '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><Document/>',
        "DOCTYPE or entities",
    ),
    ("other xml", "<Document><Other/></Document>", "no bank statement"),
    ("xml cut off", CAMT[: len(CAMT) // 2], "damaged or cut off"),
    ("xml too deep", "<Document>" + "<a>" * 200 + "</a>" * 200 + "</Document>", "deeper than"),
    ("ofx cut off", OFX[: OFX.index("<TRNAMT>1500")], "cut off"),
    ("ofx declaration", "<!DOCTYPE OFX []><OFX></OFX>", "declaration|no bank"),
    ("ofx tag without end", "OFXHEADER:100\n<OFX><STMTTRN", "does not end"),
    ("ofx huge value", "OFXHEADER:100\n<OFX><NAME>" + "x" * (2 << 20), "longer than 1 MiB"),
    ("wrong encoding", b":20:A\n:25:001122/10000001\n:86:caf\xe9\n", "not utf-8"),
    ("a line without end", ":20:A\n:86:" + "x" * (2 << 20), "longer than 1 MiB"),
    ("camt huge entry", CAMT.replace("Wages week 10", "x" * (18 << 20)), "larger than"),
]


@pytest.mark.parametrize(("name", "content", "reason"), REFUSED, ids=[one[0] for one in REFUSED])
def test_files_that_cannot_be_used_are_refused_whole(tmp_path, name, content, reason):
    with pytest.raises(FileRefusedError, match=reason):
        read(tmp_path, content, "statement.xml")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([MT940, CAMT, OFX, QIF]), st.integers(0, 2**32), st.integers(1, 12))
def test_mutated_statements_end_in_rows_or_a_refusal(tmp_path, content, seed, edits):
    rng = random.Random(seed)
    raw = bytearray(content.encode())
    for _ in range(edits):
        at = rng.randrange(len(raw))
        how = rng.randrange(4)
        if how == 0:
            raw[at] = rng.randrange(256)
        elif how == 1:
            del raw[at : at + rng.randrange(1, 40)]
        elif how == 2:
            raw[at:at] = raw[rng.randrange(len(raw)) :][: rng.randrange(60)]
        else:
            raw[at:at] = rng.choice([b"<", b">", b":61:", b"^", b"&", b"\x00", b"<STMTTRN>", b"\n:25:"])
        if not raw:
            break
    try:
        found = read(tmp_path, bytes(raw))
    except FileRefusedError:
        return
    assert all(isinstance(row, (dict, BadRow)) for row in found)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.integers(1, 7))
def test_ofx_tags_do_not_depend_on_where_blocks_end(text, size):
    def taken(blocks: list[str]) -> list:
        try:
            return list(ofx.read(blocks, "f"))
        except FileRefusedError as error:
            return [str(error)]

    whole = f"<OFX>{text}</OFX>"
    assert taken([whole]) == taken([whole[at : at + size] for at in range(0, len(whole), size)])


def test_the_same_line_in_overlapping_statements_is_one(bench):
    bench.load_source("bank", bench.put("march.sta", MT940))
    before = bench.counts()
    first = MT940.replace(":20:STMT20260331", ":20:OTHER").replace("C260301GBP1250,75", "C260228GBP1250,75")
    bench.load_source("bank", bench.put("quarter.sta", first))
    assert bench.counts() == before


def test_two_equal_lines_of_one_statement_are_two(bench):
    line = ":61:2603050305D5,00NCHGNONREF\n:86:PARKING\n"
    bench.load_source("bank", bench.put("two.sta", ":20:A\n:25:001122/10000001\n" + line * 2))
    events = bench.entities("Event")
    assert [event.properties["amount_pence"] for event in events] == [(500,), (500,)]


def test_a_name_alone_invents_no_account_and_a_wrong_iban_neither(bench):
    content = (
        ":20:A\n:25:001122/10000001\n:61:260305D5,00NTRFX\n:86:/IBAN/GB00CALE20304110000019/NAME/Ada/REMI/x\n"
    )
    bench.load_source("bank", bench.put("a.sta", content))
    assert [account.caption for account in bench.entities("Account")] == ["10000001"]
    (event,) = bench.entities("Event")
    assert event.properties["counterparty"] == ("Ada",)
    assert any("GB00CALE20304110000019" in str(dict(record.original)) for record in bench.records())


def test_a_british_iban_and_a_sort_code_with_number_meet(bench):
    bench.load_source("bank", SAMPLE)
    bench.load_source(
        "bank",
        bench.put(
            "accounts.csv", "sort_code,account_number,holder_name\n203041,10000019,Marshbeck Example\n"
        ),
    )
    found = [
        one for one in bench.entities("Account") if one.properties.get("account_number") == ("10000019",)
    ]
    assert len(found) == 1
    assert found[0].properties["iban"] == ("GB29CALE20304110000019",)


@pytest.mark.parametrize(
    ("bank", "links"),
    [
        (
            "northgate",
            [("PARTY_TO", "payee", 25_000), ("PARTY_TO", "payer", 5_000), ("PARTY_TO", "payer", 60_000)],
        ),
        ("caledon", [("PARTY_TO", "payee", 200_000), ("PARTY_TO", "payer", 195_000)]),
        ("harbour", [("PARTY_TO", "payer", 4_000), ("PAYS", "", 7_510), ("PAYS", "", 90_000)]),
        ("fernpay", [("PARTY_TO", "payer", 4_200), ("PAYS", "", 500), ("PAYS", "", 123_456)]),
    ],
)
def test_variants_load_whole_and_once(bench, bank, links):
    mapping = FOLDER / "variants" / f"{bank}.yaml"
    summary = bench.load_source("bank", FOLDER / "variants" / "sample" / bank, mapping=mapping)
    assert summary.quarantined == 0
    events = {entity.uid: entity for entity in bench.entities()}
    found = sorted(
        (
            link.type,
            str(link.properties.get("role", ("",))[0]),
            (link.properties.get("amount_pence") or events[link.target].properties["amount_pence"])[0],
        )
        for link in bench.links()
    )
    assert found == sorted(links)
    again = bench.load_source("bank", FOLDER / "variants" / "sample" / bank, mapping=mapping)
    assert again.loaded == 0


def test_readme_names_every_variant():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(path.name in text for path in (FOLDER / "variants").glob("*.yaml"))


@pytest.mark.parametrize("missing", ["handling", "conditions", "marking", "compartment"])
def test_a_report_of_suspicion_without_its_handling_is_quarantined(bench, missing):
    text = (Path(str(SOURCES["suspicious_activity"].folder)) / "sample" / "reports.jsonl").read_text("utf-8")
    first = text.splitlines()[0]
    import json

    row = json.loads(first)
    row[missing] = ""
    summary = bench.load_source("suspicious_activity", bench.put("one.jsonl", json.dumps(row) + "\n"))
    assert (summary.loaded, summary.quarantined) == (0, 1)


def test_a_report_of_suspicion_is_seen_only_with_its_compartment(bench):
    bench.load_source("suspicious_activity", Path(str(SOURCES["suspicious_activity"].folder)) / "sample")
    assert bench.entities() == []  # the reader of these tests lacks the compartment SAR


def test_crypto_amounts_are_exact_and_checksums_hold(bench):
    sample = Path(str(SOURCES["crypto"].folder)) / "sample"
    bench.load_source("crypto", sample)
    exact = {link.properties["amount_exact"][0] for link in bench.links()}
    assert exact == {"0.0123", "0.5", "1234.000000000000000001", "25000"}
    text = (sample / "transfers.csv").read_text("utf-8")
    broken = text.replace(
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aAeb6053f3E94C9b9A09f33669435E7Ef1BeAed"
    )
    summary = bench.load_source("crypto", bench.put("broken.csv", broken))
    assert summary.quarantined == 1
    assert "EIP-55" in bench.refused()[0].reason


def test_cash_seizures_keep_words_of_time_and_currency(bench):
    bench.load_source("cash_seizures", Path(str(SOURCES["cash_seizures"].folder)) / "sample")
    first, second = sorted(bench.entities("Event"), key=lambda event: event.caption)
    assert first.properties["occurred_at"] == ("2026-03-14T14:30:00.000000Z",)
    assert (second.properties["occurred_on"], second.properties["currency"]) == (("2026-03",), ("EUR",))
    assert {one.properties["amount_pence"] for one in bench.entities("Object")} == {(1_432_000,), (500_000,)}


def test_the_statements_of_both_sides_say_whose_they_are(bench):
    mine = ":20:A\n:25:001122/10000001\n:61:2603060306D250,00NTRFINV7//NG1\n:86:/IBAN/GB29CALE20304110000019/NAME/SUDS\n"
    theirs = ":20:B\n:25:203041/10000019\n:61:2603090309C250,00NTRFINV7//CA1\n:86:/IBAN/GB69NGTH00112210000001/NAME/ANN EXAMPLE\n"
    bench.load_source("bank", bench.put("mine.sta", mine))
    bench.load_source("bank", bench.put("theirs.sta", theirs))
    one, other = (link for link in bench.links() if link.type == "PAYS")
    assert (one.source, one.target) == (other.source, other.target)
    assert {one.first("statement_of"), other.first("statement_of")} == {"payer", "payee"}
    assert len(stated_twice([one, other])) == 1
