"""The preview: what a file is, which source fits, a draft that loads, and what is new, the same, changed or refused."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcore.access import Marking
from ingest.errors import FileRefusedError, UnknownSourceError
from ingest.expect import check_mapping
from ingest.mapping.read import parse_mapping
from ingest.preview import DRAFT, PreviewOrder, preview, shape
from ingest.preview.columns import guess_column
from ingest.preview.draft import draft
from ingest.preview.fit import best, fits
from ingest.preview.sniff import date_order, sniff
from ingest.registry import SOURCES, TABLE
from tests.unit.ingest.conftest import READER

OWN = [spec for name, spec in SOURCES.items() if name != TABLE]
SAMPLES = sorted(
    path
    for spec in OWN
    for folder in ("sample", "variants/sample")
    for path in Path(str(spec.folder), folder).rglob("*")
    if path.is_file()
)
PEOPLE = (
    "Ref;Forename;Surname;DOB;Mobile;Reg;Email;Address;Postcode;Handling;Grade;Notes\n"
    "A1;Ada;Example;13/04/1986;07700 900123;AB12 CDE;ada@example.org;1 High Street;SW1A 1AA;P;2B;x\n"
    "A2;Bob;Sample;01/02/1990;07700 900124;;bob@example.org;2 High Street;SW1A 1AB;C;1A;y\n"
    "A3;Cy;Invented;;;;;;;P;3D;\n"
)


def look(bench, content: str | bytes, name: str = "a.csv"):
    return sniff(bench.put(name, content), name).guess


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\n1,é\n".encode(), "utf-8"),
        (b"\xef\xbb\xbfa,b\n1,2\n", "utf-8-sig"),
        ("a,b\n1,é\n".encode("cp1252"), "cp1252"),
        (b"a,b\n1,\x81\n", "iso-8859-1"),
        ("a,b\n1,2\n".encode("utf-16"), "utf-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "utf-16-le"),
        ("a,b\n1,2\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_preview_encoding_is_proven_by_the_bytes(bench, content, encoding):
    guess = look(bench, content)
    assert (guess.encoding, guess.columns) == (encoding, ("a", "b"))
    assert guess.evidence[0].startswith("encoding: ")


@pytest.mark.parametrize(
    ("content", "mark", "header"),
    [
        ("ref,name\n1,Ada\n", ",", True),
        ("ref;name\n1;Ada, A\n", ";", True),
        ("ref\tname\n1\tAda\n", "\t", True),
        ("ref|name\n1|Ada\n", "|", True),
        ("07700900123,07700900124,2026-01-05\n07700900125,07700900126,2026-01-06\n", ",", False),
        ("London,Paris\nRome,London\nLondon,Rome\n", ",", False),
        ("ref,name\n", ",", True),
        ("ref,ref\n1,2\n", ",", False),
    ],
)
def test_preview_delimiter_and_header(bench, content, mark, header):
    guess = look(bench, content)
    assert (guess.delimiter, guess.header) == (mark, header)


@pytest.mark.parametrize(
    ("dates", "order", "told"),
    [
        (["13/04/1986", "01/02/1990"], "dmy", "day first"),
        (["04/13/1986"], "mdy", "month first"),
        (["04/05/1986"], "dmy", "no number above 12"),
        (["13/04/1986", "04/13/1986"], "dmy", "mixed"),
        (["1986-04-13"], "dmy", "none like"),
    ],
)
def test_preview_order_of_dates(dates, order, told):
    found, why = date_order({"d": dates})
    assert found == order
    assert told in why


def test_preview_formats_by_content(bench):
    sink = io.BytesIO()
    pq.write_table(pa.table({"ref": [1], "who": [{"name": "Ada"}]}), sink)
    assert look(bench, sink.getvalue(), "x.dat").form == "parquet"
    assert look(bench, '{"a": {"b": 1}}\n{"a": {"b": 2}}\n', "x").columns == ("a.b",)
    assert look(bench, '[{"a": 1}, {"a": 2}]', "x").form == "json"
    nodes = look(bench, json.dumps({"meta": 1, "nodes": [{"id": 1}], "edges": []}, indent=1), "x")
    assert (nodes.form, nodes.items, nodes.columns) == ("json", "nodes", ("id",))
    assert look(bench, "<?xml version='1.0'?><a/>", "x").form == "other"
    with pytest.raises(FileRefusedError, match="empty"):
        look(bench, "")


@pytest.mark.parametrize(
    ("column", "values", "meaning"),
    [
        ("Mobile", ["07700 900123", "+447700900124"], "phone"),
        ("contact", ["07700 900123", "07700900124"], "phone"),
        ("VRM", ["AB12 CDE"], "vrm"),
        ("DOB", ["03/04/1986", "1979-11"], "birth_date"),
        ("occurred", ["2026-01-05 10:00", "2026-01-06 11:30"], "timestamp"),
        ("post code", ["SW1A 1AA"], "postcode"),
        ("CompanyNumber", ["01234567", "SC123456"], "company_number"),
        ("sort_code", ["00-11-22"], "sort_code"),
        ("account_number", ["10000001"], "account_number"),
        ("iban", ["GB29NWBK60161331926819"], "iban"),
        ("E-mail", ["ada@example.org"], "email"),
        ("amount", ["12.30", "1,000.00"], "pence"),
        ("Handling Code", ["P", "C"], "handling 3x5x2"),
        ("handling", ["1", "5"], "handling 5x5x5"),
        ("Grading", ["2B", "1A"], "grading 3x5x2"),
        ("evaluation", ["B2", "E4"], "grading 5x5x5"),
        ("GSC marking", ["OFFICIAL", "OFFICIAL-SENSITIVE"], "marking"),
        ("Surname", ["Example"], "family_name"),
        ("Company Name", ["Example Ltd"], "business_name"),
        ("ref", ["A1", "A2"], "reference"),
        ("remarks", ["red", "blue and white"], ""),
        ("phone", ["not a number", "nor this"], ""),
        ("empty", [], ""),
    ],
)
def test_preview_column_meanings(column, values, meaning):
    found = guess_column(column, values, "dmy", len(values))
    assert (found.meaning, bool(found.evidence)) == (meaning, True)


def test_preview_evidence_holds_no_values():
    found = guess_column("Mobile", ["07700 900123", "nonsense", "07700 900124"], "dmy", 3)
    assert found.evidence == "its name, and 2 of 3 different values are phone"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: "/".join(p.parts[p.parts.index("sources") + 1 :]))
def test_preview_every_sample_finds_its_source(path):
    found = best(fits(path, sniff(path, path.name).guess))
    assert found is not None
    assert found.source.split("/")[0] == path.parts[path.parts.index("sources") + 1]


def test_preview_draft_passes_the_check_loads_and_holds_no_values(bench, tmp_path):
    path = bench.put("people.csv", PEOPLE)
    answer = preview(bench.workspace, READER, PreviewOrder(path))
    assert (answer.chosen, answer.refused) == (DRAFT, 0)
    mapping = tmp_path / "draft.yaml"
    mapping.write_text(answer.draft, encoding="utf-8")
    assert check_mapping(mapping).passed
    assert not any(value in answer.draft for value in ("Ada", "07700", "AB12", "example.org", "High Street"))
    summary = bench.load_source("table", path, mapping=mapping)
    assert (summary.loaded, summary.quarantined) == (17, 0)
    assert {entity.type for entity in bench.entities()} == {
        "Person",
        "Phone",
        "Vehicle",
        "OnlineIdentity",
        "Location",
    }
    assert {link.type for link in bench.links()} == {"USES_PHONE", "KEEPER_OF", "USES_IDENTITY", "LIVES_AT"}
    codes = {
        record.reference: (record.label.handling_code, record.grading.code) for record in bench.records()
    }
    assert (codes["A1"], codes["A2"]) == (("P", "2B"), ("C", "1A"))
    assert answer.records == summary.loaded


@pytest.mark.parametrize(
    ("content", "links"),
    [
        ("A number,B number,Start,Duration,Ref\n07700900123,07700900124,2026-01-05 10:00,60,c1\n", {"CALLS"}),
        ("from_account,to_account,amount,date\n10000001,10000002,12.30,2026-01-05\n", {"PAYS"}),
        ("vrm,seen at,postcode\nAB12CDE,2026-01-05 10:00,SW1A 1AA\n", {"SEEN_AT"}),
        ("Company Name,Company Number,Postcode\nExample Ltd,01234567,SW1A 1AA\n", {"REGISTERED_AT"}),
        ("colour,size\nred,big\nblue,small\n", set()),
        ("07700900123,x\n07700900124,y\n", set()),
    ],
)
def test_preview_draft_guesses_what_joins_things_of_one_row(bench, content, links):
    answer = preview(bench.workspace, READER, PreviewOrder(bench.put("new.csv", content), always_draft=True))
    mapping = bench.put("draft.yaml", answer.draft).rename(bench.folder.parent / "draft.yaml")
    summary = bench.load_source("table", bench.folder / "new.csv", mapping=mapping)
    assert (summary.quarantined, summary.loaded > 0) == (0, True)
    assert {link.type for link in bench.links()} == links


@given(
    names=st.lists(st.text(max_size=30), min_size=1, max_size=6),
    cells=st.lists(st.text(max_size=12), min_size=1, max_size=6),
)
@settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_preview_draft_of_any_column_names_is_a_good_mapping(names, cells):
    unique = [*dict.fromkeys(name.strip() or "x" for name in names)]
    columns = [guess_column(name, cells, "dmy", len(cells)) for name in unique]
    guess = replace(
        sniff(SAMPLES[0], "a.csv").guess,
        file="é'\"\n: #{}.csv",
        form="csv",
        delimiter=";",
        columns=tuple(unique),
    )
    text = draft(guess, columns)
    words = parse_mapping("draft.yaml", text)
    assert words.files[0].entities


def test_preview_diff_says_new_same_more_changed_and_refused(bench, people):
    bench.load("ref,name,dob\n1,Ada,\n2,Bea,1980\n3,Cee,\n", people)
    mapping = bench.mapping(people).rename(bench.folder.parent / "p.yaml")
    before = bench.store.fingerprint()
    content = "ref,name,dob\n1,Ada,\n2,Beatrix,1980\n3,,\n4,Dee,\n5,Eve,31/02/1980\n4,Dee,\n"
    answer = preview(bench.workspace, READER, PreviewOrder(bench.put("next.csv", content), mapping=mapping))
    tally = answer.entities["Person"]
    assert (tally.new, tally.same, tally.more, tally.changed) == (1, 2, 1, 1)
    assert (answer.refused, answer.rows, answer.whole) == (1, 6, True)
    (changed,) = answer.changed
    assert [(c.name, c.old, c.new) for c in changed.changes] == [("name", ("Bea",), ("Beatrix",))]
    (refused,) = answer.refused_examples
    assert (refused.row, refused.field) == (5, "dob")
    assert "31/02" not in str(refused)
    assert (bench.store.fingerprint(), len(bench.workspace.ledger.batches())) == (before, 1)
    summary = bench.load(content, people, name="next.csv")
    assert (summary.loaded, summary.unchanged) == (tally.new + tally.more + tally.changed, tally.same)


def test_preview_shows_nothing_above_the_reader(bench):
    words = "files:\n  - match: '*'\n    compartment: c\n    entities:\n      p: {type: Person, key: ref, properties: {name: name}}\n"
    bench.load("ref,name,c\n1,Ada Hidden,OPAL\n2,Bea,\n", words)
    mapping = bench.mapping(words).rename(bench.folder.parent / "p.yaml")
    path = bench.put("next.csv", "ref,name,c\n1,Ada Open,\n2,Bea,\n3,Cee Hidden,OPAL\n")
    order = PreviewOrder(path, mapping=mapping)
    outside = replace(READER, compartments=frozenset(), clearance=Marking.OFFICIAL)
    answer = preview(bench.workspace, outside, order)
    assert (answer.entities["Person"].new, answer.entities["Person"].same, answer.withheld) == (1, 1, 1)
    assert answer.changed == []
    assert "Hidden" not in str(shape(answer))
    inside = preview(bench.workspace, READER, order)
    assert (inside.entities["Person"].changed, inside.withheld) == (1, 0)


def test_preview_takes_the_registers_defaults(bench, people):
    from graphcore.evidence.ledger.register import SourceEntry

    mapping = bench.mapping(people).rename(bench.folder.parent / "p.yaml")
    order = PreviewOrder(bench.put("a.csv", "ref,name,dob\n1,Ada,\n"), mapping=mapping)
    assert any("not in the register" in text for text in preview(bench.workspace, READER, order).warnings)
    entry = SourceEntry("N", compartment="LARCH")
    bench.workspace.ledger.register.set("test", entry, by="t", why="t")
    answer = preview(bench.workspace, READER, order)
    assert (answer.withheld, answer.records, answer.warnings) == (1, 0, ())


def test_preview_reads_a_sample_of_a_large_file(bench, people):
    mapping = bench.mapping(people).rename(bench.folder.parent / "p.yaml")
    rows = "".join(f'{n},"Name\n{n}",\n' for n in range(5_000))
    path = bench.put("big.csv", f"ref,name,dob\n{rows}")
    part = preview(bench.workspace, READER, PreviewOrder(path, mapping=mapping, rows=50))
    assert (part.rows, part.whole, part.refused) == (50, False, 0)
    whole = preview(bench.workspace, READER, PreviewOrder(path, mapping=mapping, rows=None))
    assert (whole.rows, whole.whole, whole.entities["Person"].new) == (5_000, True, 5_000)


def test_preview_of_a_folder_an_archive_and_one_that_a_load_would_refuse(bench):
    sample = Path(str(SOURCES["pole_csv"].folder)) / "sample"
    answer = preview(bench.workspace, READER, PreviewOrder(sample))
    assert (answer.chosen, answer.refused, len(answer.guesses)) == ("pole_csv", 0, len([*sample.iterdir()]))
    assert answer.records == 15
    path = bench.put("calls.csv", "a_number,b_number\n07700900123,07700900124\n")
    wrong = preview(bench.workspace, READER, PreviewOrder(path, "call_records"))
    assert "lacks the column" in wrong.file_refused
    assert wrong.records == 0


def test_preview_of_what_cannot_be_looked_at(bench):
    with pytest.raises(FileRefusedError, match="no such file"):
        preview(bench.workspace, READER, PreviewOrder(bench.folder / "none"))
    with pytest.raises(UnknownSourceError, match="no columns can be told"):
        preview(
            bench.workspace, READER, PreviewOrder(bench.put("a.bin", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50))
        )
    with pytest.raises(UnknownSourceError, match="no source"):
        preview(bench.workspace, READER, PreviewOrder(bench.put("a.csv", "a,b\n1,2\n"), "nonesuch"))


@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 4_000,
        b"\xff\xfe" + b"\x00\xd8" * 500,
        b'"' * 3_000,
        b"a,b\n" + b'"unclosed,1\n' * 300,
        b"[" * 5_000,
        b'{"a":' * 3_000,
        b'{"a": [1, {"b": NaN}]}\n{"a": 1e999}\n',
        b"PK\x03\x04 not a zip",
        b"PAR1" + b"\x00" * 100 + b"PAR1",
        "\u202e,\u200b,\ufeff\n1,2,3\n".encode(),
        b",,,\n,,,\n",
        b"\n\n\n",
        ("x" * 300 + ",b\n1,2\n").encode(),
        b"=cmd|'/c calc'!A1,@SUM(1)\n1,2\n",
    ],
)
def test_preview_of_hostile_bytes_is_an_answer_or_a_refusal(bench, content):
    path = bench.put("odd.csv", content)
    try:
        answer = preview(bench.workspace, READER, PreviewOrder(path))
    except (FileRefusedError, UnknownSourceError) as error:
        told = str(error)
    else:
        told = ""
    if told:
        assert "odd.csv" in told
        return
    assert json.dumps(shape(answer))
    if answer.draft:
        parse_mapping("draft.yaml", answer.draft)


def test_preview_header_below_a_title_block(bench):
    content = "Report of calls\nFrom,the records desk\n\nRef,Name,Mobile\nA1,Ada,07700900123\nA2,Bea,07700900124\nA3,Cy,\n"
    answer = preview(bench.workspace, READER, PreviewOrder(bench.put("r.csv", content), always_draft=True))
    (guess,) = answer.guesses
    assert (guess.above, guess.columns) == (3, ("Ref", "Name", "Mobile"))
    assert answer.entities["Person"].new == 3
    assert "skip_rows: 3" in answer.draft
