"""Fixed-width text and delimiters that the file itself tells."""

from __future__ import annotations

import pytest

from ingest.errors import FileRefusedError, MappingError

FIXED = (
    "files:\n  - match: '*'\n    format: fixed\n    encoding: {encoding}\n"
    "    columns: [{{name: ref, from: 1, to: 4}}, {{name: name, from: 5, to: 14}}, {{name: dob, from: 15, to: 24}}]\n"
    "    required: [ref]\n"
    "    entities:\n      p: {{type: Person, key: ref, properties: {{name: name, birth_date: dob}}}}\n"
)
PEOPLE = "files:\n  - match: '*'\n    {words}\n    required: [ref]\n    entities:\n      p: {{type: Person, key: ref, properties: {{name: name}}}}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_fixed_places_are_characters_not_bytes(bench, encoding):
    content = "N1  Zoë É.    03/04/1986\r\nN2  Bob\r\n\r\nN3\r\n"
    summary = bench.load(content.encode(encoding), FIXED.format(encoding=encoding), name="a.txt")
    assert (summary.loaded, summary.quarantined) == (3, 0)
    people = {record.reference: record.properties for record in bench.records()}
    assert people["N1"] == {"name": ("Zoë É.",), "birth_date": ("1986-04-03",)}
    assert people["N2"] == {"name": ("Bob",)}
    assert people["N3"] == {}


def test_fixed_text_beyond_the_last_column_is_quarantined(bench):
    summary = bench.load(
        "N1  Ada       03/04/1986 more\nN2  Bea\x00\nN3  Cee\n", FIXED.format(encoding="utf-8")
    )
    assert (summary.loaded, summary.quarantined) == (1, 2)
    assert [row.reason for row in bench.refused()] == [
        "text behind character 24, where the last column ends",
        "a NUL byte",
    ]


def test_fixed_lines_above_are_skipped(bench):
    mapping = FIXED.format(encoding="utf-8").replace("format: fixed", "format: fixed\n    skip_rows: 1")
    assert bench.load("HEADER\nN1  Ada\n", mapping).loaded == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("from: 5, to: 14", "from: 5, to: 4", "ends before it begins"),
        ("from: 5, to: 14", "from: 0, to: 4", "greater than or equal to 1"),
        ("name: name, from", "name: ref, from", "two columns are named 'ref'"),
        ("format: fixed", "format: csv", "columns: says nothing about format csv"),
        ("format: fixed", "format: fixed\n    skip_rows: to_header", "no header to look for"),
    ],
)
def test_fixed_faults_of_the_mapping(bench, old, new, told):
    with pytest.raises(MappingError) as caught:
        bench.load("x\n", FIXED.format(encoding="utf-8").replace(old, new))
    assert told in str(caught.value)


def test_fixed_without_columns_or_with_lines_too_short(bench):
    mapping = FIXED.format(encoding="utf-8")
    line = next(line for line in mapping.splitlines() if "columns:" in line)
    with pytest.raises(MappingError, match="format fixed needs columns"):
        bench.load("x\n", mapping.replace(line + "\n", ""))
    with pytest.raises(FileRefusedError, match="its lines end before the first column"):
        bench.load("x\n", mapping.replace("from: 1, to: 4", "from: 3, to: 4"))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_auto_is_told_by_the_file(bench, mark):
    rows = [
        ["ref", "name", "note"],
        ["1", '"Ada, the; first | one"', "a"],
        ["2", "Bea", ""],
        ["3", "Cee", "x y"],
    ]
    content = "".join(mark.join(cells) + "\n" for cells in rows)
    summary = bench.load(content, PEOPLE.format(words="delimiter: auto"))
    assert (summary.loaded, summary.quarantined) == (3, 0)
    assert bench.entities()[0].caption == "Ada, the; first | one"


@pytest.mark.parametrize(
    ("content", "loaded"),
    [
        ("ref\n1\n2\n", 2),  # one column
        ("ref;name\n1;Ada, Anne, Amy\n2;Bea, Bess, Bo\n", 2),  # more commas than semicolons
        ("to whom it may concern; please\nref|name\n1|Ada\n", 1),
        ('ref,name\n1,"a;b;c;d"\n', 1),
    ],
)
def test_delimiter_auto_prefers_the_one_that_gives_the_required_columns(bench, content, loaded):
    words = "delimiter: auto\n    may_lack: [name]"
    if content.startswith("to whom"):
        words += "\n    skip_rows: 1"
    assert bench.load(content, PEOPLE.format(words=words)).loaded == loaded


def test_delimiter_of_two_characters_is_a_fault(bench):
    with pytest.raises(MappingError, match="delimiter"):
        bench.load("ref\n", PEOPLE.format(words="delimiter: '||'"))
