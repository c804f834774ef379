"""Damaged and hostile calls, downloads, messages, mails, reads and keepers: each with the answer it must get.

Answers: ``refused: ...`` (the file, nothing committed), ``row: ...`` (quarantined, beginning of the reason), ``loads`` or
``loads: ...`` (with a warning that holds the words).
"""

from __future__ import annotations

import pytest

from ingest.errors import FileRefusedError, IngestError
from tests import ufed_reports as ufed

CALLS = "a_number,b_number,start,duration_s,type,a_imei,a_imsi\n"
GOOD = "07700900123,07700900456,2026-03-01 09:30,61,voice,,\n"
READ = "read_id,vrm,captured_at,camera_id,confidence\n"
GOOD_READ = "R0,AB12CDE,2026-03-01T09:30:00Z,CAM-1,0.9\n"
KEEP = "keeper_ref,vrm,vin,from_date,to_date,keeper_name\n"
GOOD_KEEP = "K0,AB12CDE,,2020-01-01,,Ada Example\n"
MAIL = "From: a@example.com\nTo: b@example.com\nDate: Sun, 1 Mar 2026 09:30:00 +0000\n"
TEXT = '{"id": "M1", "from": "a", "to": ["b"], "text": "x", "sent_at": "2026-03-01T09:30:00Z"}'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def call(row: str) -> str:
    return CALLS + GOOD + row + "\n"


def read(row: str) -> str:
    return READ + GOOD_READ + row + "\n"


def keep(row: str) -> str:
    return KEEP + GOOD_KEEP + row + "\n"


def with_head(doctype: str, body: str = "") -> str:
    return (
        ufed.HEAD.replace("<project", f"{doctype}<project")
        + ufed.DEVICE
        + f"<decodedData>{body}</decodedData></project>"
    )


TABLE = [
    # --- call records
    ("call_records", "x.csv", call("4.477E+11,07700900456,2026-03-01 10:00,1,voice,,"), "row: damaged number"),
    ("call_records", "x.csv", call("7700900123,07700900456,2026-03-01 10:00,1,voice,,"), "row: damaged number"),
    ("call_records", "x.csv", call("07700900123,33199000123,2026-03-01 10:00,1,voice,,"), "row: not a telephone number: no leading zero"),
    ("call_records", "x.csv", call("07700900123,345678,2026-03-01 10:00,1,voice,,"), "row: not a telephone number: no leading zero"),
    ("call_records", "x.csv", call("07700900123,0770090012O,2026-03-01 10:00,1,voice,,"), "row: not a telephone number"),
    ("call_records", "x.csv", call("07700900123,07700900456,46082.395833,1,voice,,"), "row: not a date and time"),
    ("call_records", "x.csv", call("07700900123,07700900456,01/03/2026,1,voice,,"), "row: not a date and time"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-29 01:30,1,voice,,"), "row: this time does not exist"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 25:00,1,voice,,"), "row: a time of day that does not exist"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-02-30 10:00,1,voice,,"), "row: a date that does not exist"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,0.000706,voice,,"), "row: damaged number: a spreadsheet turned the duration"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,-5,voice,,"), "row: not a duration"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,00:61:00,voice,,"), "row: not a duration: more than 59"),
    ("call_records", "x.csv", call("07700900123,07700900456,,1,voice,,"), "row: is empty"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,1,voice,3.56938E+14,"), "loads: left out: damaged number"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,1,voice,000000000000000,"), "loads: left out: an IMEI of zeros"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,1,voice,356938030000000,"), "loads: its last digits are zeros"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,1,voice,490154203237510,"), "loads: IMEI with a zero for its check digit"),
    ("call_records", "x.csv", call("07700900123,07700900456,2026-03-01 10:00,1,voice,,1234"), "loads: "),
    ("call_records", "x.csv", call(GOOD.strip()), "loads"),
    ("call_records", "x.csv", CALLS.replace("a_number", "calling") + GOOD, "refused: it lacks the column 'a_number'"),
    ("call_records", "x.csv", "", "refused: the file is empty"),
    # --- handsets
    ("handset", "x.xml", with_head(BOMB), "refused: it has a DOCTYPE or entities"),
    ("handset", "x.xml", with_head('<!DOCTYPE x [<!ENTITY a "' + "a" * 100_000 + '">]>', "&a;" * 1000), "refused: it has a DOCTYPE or entities"),
    ("handset", "x.xml", with_head('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"), "refused: it has a DOCTYPE or entities"),
    ("handset", "x.xml", with_head('<!DOCTYPE x SYSTEM "http://localhost/x.dtd">'), "refused: it has a DOCTYPE or entities"),
    ("handset", "x.xml", with_head('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://localhost/x"> %p;]>'), "refused: it has a DOCTYPE or entities"),
    ("handset", "x.xml", ufed.HEAD + "<a>" * 100_000, "refused: nested more than 256 deep"),
    ("handset", "x.xml", ufed.report(ufed.model("Call", "c", "<a/>" * 200_001)), "refused: one model with more than 200,000"),
    ("handset", "x.xml", ufed.report(ufed.chat(1, ufed.message(1)))[:-40], "refused: not whole XML"),
    ("handset", "x.xml", "<html><body>not found</body></html>", "refused: no UFED report"),
    ("handset", "x.xml", '<project xmlns="http://pa.cellebrite.com/report/9.9"></project>', "refused: a UFED report of another version"),
    ("handset", "x.xml", '<?xml version="1.0" encoding="no-such"?><project/>', "refused: not whole XML"),
    ("handset", "x.xml", ufed.HEAD + "<a b='" + "x" * (3 << 20) + "'/></project>", "refused: a text or tag above 2 MiB"),
    ("handset", "x.xml", ufed.report(ufed.model("SMS", "s", ufed.field("TimeStamp", "not a time"), ufed.field("Folder", "Inbox"), ufed.many("Parties", ufed.party("+447700900456", Role="From"))), ufed.chat(1, ufed.message(1))), "row: "),
    ("handset", "x.xml", b"\x89PNG\r\n\x1a\n" + b"x" * 100, "refused: "),
    ("handset", "x.xml", "   ", "refused: the file is empty"),
    # --- messages
    ("messages", "x.json", '{"messages": [' + TEXT, "refused: not whole JSON"),
    ("messages", "x.json", '{"messages": [' + TEXT + "]} x", "refused: "),
    ("messages", "x.json", "[" * 100 + "]" * 100, "refused: nested more than 64 deep"),
    ("messages", "x.json", '[{"id": 1, "id": 2, "from": "a"}]', "refused: two values under one key"),
    ("messages", "x.json", '[{"from": "a", "text": "' + "x" * (1 << 20) + 'y"}]', "refused: a text above 1 MiB"),
    ("messages", "x.json", '[{"from": "a", "x": [' + "1," * 200_001 + "1]}]", "refused: one message with more than 200,000"),
    ("messages", "x.json", "[" + TEXT + ', {"from": "a", "text": 1e999}]', "refused: "),
    ("messages", "x.json", "[" + TEXT + ", 7]", "row: not a JSON object"),
    ("messages", "x.json", "[" + TEXT + "," + TEXT.replace('"x"', '"\\ud800"').replace("M1", "M2") + "]", "row: half a surrogate pair"),
    ("messages", "x.json", "[" + TEXT + "," + TEXT.replace("2026-03-01T09:30:00Z", "yesterday").replace("M1", "M2") + "]", "row: not a date and time"),
    ("messages", "x.json", '{"settings": {"theme": "dark"}}', "refused: no message is in it"),
    ("messages", "x.json", "from,text\na,b\n", "refused: its content is not JSON"),
    ("messages", "x.jsonl", TEXT + '\n{"from": \n' + TEXT.replace("M1", "M2"), "row: not JSON"),
    ("messages", "x.csv", "sent_at,from,to,text\n2026-03-01T09:30:00Z,a,b,hello\n2026-03-01T09:30:00Z,,b,hello\n", "row: is empty"),
    # --- e-mail
    ("email", "x.eml", MAIL + "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 5000, "row: more than 50 parts that hold parts"),
    ("email", "x.eml", MAIL + "X: " + "y" * (1 << 20) + "\n\nhello\n", "row: header fields above 1 MiB"),
    ("email", "x.eml", MAIL + "Subject: " + "y" * (300 << 10) + "\n\nhello\n", "row: a header field above 256 KiB"),
    ("email", "x.eml", MAIL + "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\nContent-Type: text/x\n\nz\n" * 1200 + "--a--\n", "row: more than 1,000 parts"),
    ("email", "x.eml", MAIL.replace("To: b@example.com", "To: b@example.com\nSubject: =?utf-8?b?!!!!?= =?x?q?=?="), "loads"),
    ("email", "x.eml", MAIL + "Content-Type: text/plain; charset=utf-8\n\nRen\xe9e\n", "loads"),
    ("email", "x.eml", MAIL + "\nhello \x00 there\n", "row: a NUL character"),
    ("email", "x.eml", "Subject: nobody\nDate: x\n\nhello\n", "row: neither sender nor recipient"),
    ("email", "x.eml", "To: a@@b..c, <<<>>>,,;\nFrom: a@example.com\n\nhello\n", "loads"),
    ("email", "x.eml", b"!BDN\x00\x00 a PST file", "refused: no mail is in it"),
    ("email", "x.eml", "<html>no mail</html>", "refused: no mail is in it"),
    # --- ANPR
    ("anpr", "reads.csv", read("R1,AB12C0E,2026-03-01T09:30:00Z,CAM-1,0.2"), "loads: perhaps misread"),
    ("anpr", "reads.csv", read("R1,AB12CDE,2026-03-01 09:30,CAM-1,high"), "row: not a number"),
    ("anpr", "reads.csv", read("R1,????????,2026-03-01 09:30,CAM-1,0.2"), "row: not a vehicle registration mark"),
    ("anpr", "reads.csv", read("R1,AB12CDE,2026-03-01,CAM-1,0.2"), "row: not a date and time"),
    ("anpr", "reads.csv", read("R1,AB12CDE,2026-03-01 09:30,,0.2"), "row: is empty"),
    ("anpr", "other.csv", READ + GOOD_READ, "refused: no file here has a name"),
    # --- keepers
    ("vehicle_keepers", "keepers.csv", keep("K1,AB12CDE,WVWZZZ1JZXWO00001,2020-01-01,,Bob"), "loads: left out: not a chassis number"),
    ("vehicle_keepers", "keepers.csv", keep("K1,AB12CDE,1.0E+16,2020-01-01,,Bob"), "loads: left out: not a chassis number"),
    ("vehicle_keepers", "keepers.csv", keep("K1,AB12CDE,,2021-01-01,2020-01-01,Bob"), "row: ends before it starts"),
    ("vehicle_keepers", "keepers.csv", keep("K1,12-Jan,,2021-01-01,,Bob"), "row: damaged number: a spreadsheet turned the mark into a date"),
    ("vehicle_keepers", "keepers.csv", keep("K1,,,2021-01-01,,Bob"), "row: is empty"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "name", "content", "answer"), TABLE, ids=[f"{at}-{row[0]}" for at, row in enumerate(TABLE)]
)
def test_bad_traffic_gets_its_answer(bench, source, name, content, answer):
    path = bench.put(name, content.encode("latin-1", "replace") if isinstance(content, str) else content)
    word, _, wanted = answer.partition(": ")
    if word == "refused":
        with pytest.raises(FileRefusedError) as caught:
            bench.load_source(source, path)
        assert wanted in caught.value.reason
        assert caught.value.advice
        assert bench.workspace.ledger.batches() == []
        return
    summary = bench.load_source(source, path)
    if word == "row":
        assert [row.reason for row in bench.refused() if row.reason.startswith(wanted)]
        assert summary.quarantined == 1
    else:
        assert summary.quarantined == 0, [(row.field, row.reason) for row in bench.refused()]
        assert summary.loaded > 0
        assert any(wanted in line for line in summary.warnings) or not wanted


def test_bad_traffic_footer_in_the_middle_of_a_table_refuses_it(bench):
    mapping = (
        "files:\n  - skip_rows: to_header\n    footer: total\n    required: [ref]\n    entities:\n"
        "      p: {type: Person, key: ref, properties: {name: name}}\n"
    )
    rows = "Report\n\nref,name\n1,Ada\nTotal,1\n" + "".join(f"{n},Bea\n" for n in range(2, 60))
    with pytest.raises(FileRefusedError, match="59 rows from the footer word on"):
        bench.load(rows, mapping)
    with pytest.raises(FileRefusedError, match="is a header with 'ref'"):
        bench.load("a,b\n1,2\n", mapping)
    summary = bench.load("Report\nref,name\n1,Ada\ntotals: 1,\n", mapping)
    assert (summary.loaded, summary.quarantined) == (1, 0)


def test_bad_traffic_skip_to_header_needs_columns_to_look_for(bench):
    with pytest.raises(IngestError, match="to_header looks for the required columns"):
        bench.load("a\n1\n", "files:\n  - skip_rows: to_header\n    entities: {p: {type: Person, key: a}}\n")
