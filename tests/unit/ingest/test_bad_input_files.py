"""Files that are refused whole: the message says which file, why and what to do, and nothing of them is committed."""

from __future__ import annotations

import codecs
import json

import pytest

from ingest.errors import FileRefusedError, IngestError

JSON = "files:\n  - format: json\n    entities:\n      p: {type: Person, key: id, properties: {name: name}}\n"
LINES = JSON.replace("format: json", "format: jsonl")


def refused(bench, content, mapping: str, name: str = "rows.csv") -> FileRefusedError:
    """Load, expect a refusal, and check that it is complete and that nothing is left behind."""
    with pytest.raises(FileRefusedError) as caught:
        bench.load(content, mapping, name=name)
    error = caught.value
    assert error.file == name
    assert error.advice
    assert str(error).startswith(f"{name}: refused: ")
    assert "Nothing of it was loaded." in str(error)
    assert bench.workspace.ledger.batches() == []
    assert bench.counts() == (0, 0)
    return error


def test_bad_file_empty(bench, people):
    assert refused(bench, b"", people).reason == "the file is empty"
    assert refused(bench, b"\n\n", people).reason == "the file is empty"
    assert refused(bench, b"", JSON, "rows.json").reason == "the file is empty"


def test_bad_file_missing(bench, people):
    with pytest.raises(FileRefusedError, match="no such file"):
        bench.load_source("table", bench.folder / "nowhere.csv", mapping=bench.mapping(people))


def test_bad_file_wrong_encoding(bench, people):
    error = refused(bench, "ref,name,dob\n1,Ada,\n2,Jos\u00e9,\n".encode("cp1252"), people)
    assert error.reason == "not in the encoding utf-8 (line 3)"
    assert "cp1252" in error.advice
    assert "\ufffd" not in str(error)


def test_bad_file_encoding_declared_wrongly(bench, people):
    mapping = people.replace("required:", "encoding: cp1252\n    required:")
    error = refused(bench, "ref,name,dob\n1,Jos\u00e9,\n".encode(), mapping)
    assert error.reason == "the mapping says cp1252, but the file is UTF-8"


def test_bad_file_mixed_encodings(bench, people):
    content = "ref,name,dob\n1,Zo\u00eb,\n".encode() + b"2,Jos\xe9,\n"
    assert refused(bench, content, people).reason == "not in the encoding utf-8 (line 3)"


def test_bad_file_utf16_without_mark(bench, people):
    error = refused(bench, "ref,name,dob\n1,Ada,\n".encode("utf-16-le"), people)
    assert "UTF-16 without a byte order mark" in error.reason


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_bad_file_wrong_delimiter(bench, people, delimiter, word):
    error = refused(bench, "ref,name,dob\n1,Ada,1980\n".replace(",", delimiter), people)
    assert error.reason.startswith("it lacks the column 'dob', 'name', 'ref'")
    assert word in error.advice
    assert "delimiter" in error.advice


def test_bad_file_missing_column(bench, people):
    error = refused(bench, "ref,nam,dob\n1,Ada,1980\n", people)
    assert error.reason == "it lacks the column 'name'"
    assert "'nam'" in error.advice


def test_bad_file_hard_wrapped(bench, people):
    header = "ref,name,dob," + ",".join(f"column_{n}" for n in range(30))
    text = "\n".join(header[at : at + 70] for at in range(0, len(header), 70)) + "\n1,Ada\n"
    error = refused(bench, text, people.replace("birth_date: dob", "birth_date: column_29"))
    assert "fixed width" in error.advice


def test_bad_file_hard_wrapped_sample_of_the_register(bench, shared_data):
    with pytest.raises(FileRefusedError, match="cut at a fixed width"):
        bench.load_source("companies_house", shared_data / "uk_psc_samples" / "basic-company-data-1.csv")


def test_bad_file_duplicate_columns(bench, people):
    error = refused(bench, "ref,name,dob,name\n1,Ada,,x\n", people)
    assert error.reason == "more than one column named 'name'"


def test_bad_file_too_many_columns(bench, people):
    error = refused(bench, "ref,name,dob," + ",".join(f"c{n}" for n in range(16_400)) + "\n", people)
    assert "16,403 columns" in error.reason


def test_bad_file_unclosed_quote_swallows_nothing(bench, people):
    rows = "".join(f"{n},Ada,1980\n" for n in range(1, 500))
    error = refused(bench, f'ref,name,dob\n{rows}500,"Ada,1980\n{rows}', people)
    assert "line 501" in error.reason


def test_bad_file_stray_quote(bench, people):
    error = refused(bench, 'ref,name,dob\n1,"Ada" Quill,\n', people)
    assert "line 2" in error.reason
    assert "doubled" in error.advice


def test_bad_file_field_of_ten_megabytes(bench, people):
    error = refused(bench, "ref,name,dob\n1,Ada,\n2," + "x" * (10 << 20) + ",\n", people)
    assert error.reason == "a field above 1 MiB in the row that begins at line 3"


def test_bad_file_endless_line(bench, people):
    error = refused(bench, "ref,name,dob\n1," + "xy," * (6 << 20) + "\n", people)
    assert error.reason == "a line longer than 16 MiB"


def test_bad_file_all_rows_ragged(bench, people):
    error = refused(bench, "ref,name,dob\n1;Ada;1980\n2;Bea;1981\n", people)
    assert error.reason == "no row has the 3 fields of the header"


@pytest.mark.catalogue("I23")
@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04aaaa", "zip"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xd0\xcf\x11\xe0", "old Office"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\x80\x04\x95\x10\x00", "pickle"),
        (b"SQLite format 3\x00", "SQLite"),
    ],
)
def test_bad_file_content_is_not_what_its_name_says(bench, people, head, word):
    assert word in refused(bench, head + b"\nref,name,dob\n", people).reason


def test_bad_file_json_named_csv(bench, people):
    assert "JSON" in refused(bench, '[{"ref": 1}]', people).reason


def test_bad_file_csv_named_json(bench):
    assert refused(bench, "id,name\n1,Ada\n", JSON, "rows.json").reason == "its content is not JSON"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"id": 1}, {"id": 2', "not whole JSON"),
        ('[{"id": 1}] x', "not whole JSON"),
        ('[{"id": NaN}]', "not whole JSON"),
        ('[{"id": Infinity}]', "not whole JSON"),
        ('[{"id": 1e999}]', "a number too large"),
        ('[{"id": 1, "id": 2}]', "two values under one key"),
        ("[" * 200_000 + "]" * 200_000, "nested more than 64 deep"),
        ('[{"id": "' + "x" * ((1 << 20) + 1) + '"}]', "a text above 1 MiB"),
        ('[{"id": "\\ud800", "n": {"a": 1, "a": 2}}]', "two values under one key"),
    ],
)
def test_bad_file_json_document(bench, content, reason):
    assert reason in refused(bench, content, JSON, "rows.json").reason


def test_bad_file_json_with_the_array_elsewhere(bench):
    error = refused(
        bench,
        json.dumps({"people": [{"id": 1}]}),
        JSON.replace("format: json", "format: json\n    items: persons"),
        "rows.json",
    )
    assert error.reason == "no array at 'persons' (its keys: 'people')"
    error = refused(bench, '{\n "people": [{"id": 1}]\n}', JSON, "rows.json")
    assert "items" in error.advice


def test_bad_file_json_in_utf16(bench):
    content = codecs.BOM_UTF16_LE + '[{"id": 1}]'.encode("utf-16-le")
    assert "utf-16" in refused(bench, content, JSON, "rows.json").reason


def test_bad_file_several_at_once_are_all_named(bench, people):
    mapping = bench.mapping(people.replace("'*'", "'*.csv'"))
    bench.put("a.csv", "")
    bench.put("b.csv", "ref;name;dob\n")
    bench.put("c.csv", "ref,name,dob\n1,Ada,\n")
    with pytest.raises(IngestError) as caught:
        bench.load_source("table", bench.folder, mapping=mapping)
    assert "2 files are refused" in str(caught.value)
    assert "a.csv: refused: the file is empty" in str(caught.value)
    assert bench.workspace.ledger.batches() == []


def test_bad_file_folder_where_no_name_matches(bench, people):
    mapping = bench.mapping(
        people.replace("'*'", "'people*.csv'") + "  - {match: 'x*', entities: {q: {type: Person, key: a}}}\n"
    )
    bench.put("other.csv", "ref\n1\n")
    with pytest.raises(FileRefusedError, match=r"people\*\.csv, x\*"):
        bench.load_source("table", bench.folder, mapping=mapping)


def test_bad_file_good_marks_and_line_ends_are_read(bench, people):
    text = "ref,name,dob\r1,Zo\u00eb,1980\r"
    for content in (
        codecs.BOM_UTF8 + text.encode(),
        codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    ):
        summary = bench.load(content, people)
        assert (summary.read, summary.quarantined) == (1, 0)
    assert [entity.caption for entity in bench.entities()] == ["Zo\u00eb"]


def test_bad_file_header_only_is_no_fault(bench, people):
    summary = bench.load("ref,name,dob\n", people)
    assert summary.counts() == {"read": 0, "loaded": 0, "unchanged": 0, "quarantined": 0, "waiting": 0}
    assert summary.warnings == ("rows.csv: (file): it has a header and no rows (1 times, first in row 0)",)
