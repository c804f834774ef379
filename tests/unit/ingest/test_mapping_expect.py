"""``expect:`` beside a mapping: what must come out, compared in memory, with the line where it differs."""

from __future__ import annotations

import pytest

from ingest.errors import MappingError, UnknownSourceError
from ingest.expect import check_mapping, check_source
from ingest.mapping.read import parse_mapping
from ingest.pipeline.plan import mapping_identity
from ingest.registry import TABLE, shipped_mappings

MAPPING = """mapping: 1
source: test
files:
  - match: "*.csv"
    required: [ref]
    handling: {scheme: 3x5x2, code: {column: h, default: P}}
    grading: {scheme: 3x5x2, code: g}
    may_lack: [g]
    when: {column: ref, is_not: SKIP}
    entities:
      p: {type: Person, key: ref, unique: true, properties: {name: name, birth_date: dob}}
      f: {type: Phone, key: {column: tel, clean: phone}, optional: true, properties: {number: tel}}
    links:
      - {type: USES_PHONE, source: p, target: f, valid_from: {column: dob}}
expect:
"""
ROWS = """  - rows: |
      ref,name,dob,tel,h
      N1,Ada,01/02/1980,07700 900123,
      N2,Bob,31/02/1980,,C
      N3,Cy,,,X
      N4,Dee,,,C
      SKIP,,,,
"""


def check(bench, expect: str, rows: str = ROWS):
    return check_mapping(bench.put("m.yaml", MAPPING + rows + expect))


def differing(report) -> list[tuple[int, str, str, str]]:
    return [(row.line, row.what, row.expected, row.got) for row in report.rows if not row.passed]


def test_expect_all_that_is_said_and_comes_passes(bench):
    report = check(
        bench,
        """    name: people
    entities: {Person: 2, Phone: 1}
    links: {USES_PHONE: 1}
    skipped: 1
    quarantined: {does not exist: 1, handling code: 1}
    entity:
      - {type: Person, key: N1, handling: P, marking: OFFICIAL, properties: {name: Ada, birth_date: "1980-02-01"}}
      - {type: Person, key: N4, handling: C, conditions: [], grading: "", properties: {birth_date: null}}
    link: {type: USES_PHONE, from: N1, to: "+447700900123", valid_from: "1980-02-01T00:00:00.000000Z", valid_to: ""}
    refused:
      - {row: 2, field: dob}
      - {row: 3, field: h, reason: unknown handling}
""",
    )
    assert differing(report) == []
    assert report.passed
    assert {row.case for row in report.rows} == {"people"}
    assert len(report.rows) == 12


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("    entities: {Person: 3, Phone: 1}", ("entities Person", "3", "2")),
        ("    entities: {Person: 2}", ("entities Phone", "0", "1")),
        ("    links: {}", ("links USES_PHONE", "0", "1")),
        ("    skipped: 0", ("rows skipped", "0", "1")),
        ("    quarantined: {wrong reason: 2}", ("refused: wrong reason", "2", "0")),
        ("    entity: {type: Person, key: N9}", ("entity Person N9", "stated", "not stated (keys: N1, N4)")),
        (
            "    entity: {type: Person, key: N1, handling: C, properties: {name: [Ada, A]}}",
            ("entity Person N1", "handling C, name Ada | A", "handling P, name Ada"),
        ),
        (
            "    link: {type: USES_PHONE, from: N4, to: x}",
            ("link N4 USES_PHONE x", "stated", "not stated (ends: N1 -> +447700900123)"),
        ),
        ("    warnings: [duplicate id]", ("warning", "duplicate id", "none")),
    ],
)
def test_expect_difference_has_line_and_both_sides(bench, expect, told):
    assert differing(check(bench, expect)) == [(23, *told)]


def test_expect_refused_row_that_is_none(bench):
    ((line, what, wanted, got),) = differing(check(bench, "    refused: {row: 1}\n"))
    assert (line, what, wanted) == (23, "refused", "row 1: any field: any reason")
    assert got.startswith("row 2: dob: ")


def test_expect_file_beside_and_folder(bench):
    (bench.folder / "sample").mkdir()
    (bench.folder / "sample" / "a.csv").write_text("ref,name,dob,tel,h\nN1,Ada,,,\n")
    report = check(
        bench, "", "  - {file: sample/a.csv, entities: {Person: 1}}\n  - {file: sample, quarantined: 0}\n"
    )
    assert report.passed
    assert [row.case for row in report.rows] == ["sample/a.csv", "sample"]


def test_expect_whole_file_refused(bench):
    rows = '  - {rows: "ref,name\\n1,2\\n", file_refused: lacks the column}\n'
    assert check(bench, "", rows).passed
    rows = '  - {rows: "ref,name\\n1,2\\n", entities: {Person: 1}}\n'
    ((_, what, wanted, got),) = differing(check(bench, "", rows))
    assert (what, wanted) == ("file", "loads")
    assert "lacks the column" in got
    rows = ROWS + "    file_refused: anything\n"
    assert differing(check(bench, "", rows))[0][3] == "loads"


def test_expect_warning_of_a_load(bench):
    rows = (
        '  - {rows: "ref,name,dob,tel,h\\nN1,Ada,,,\\nN1,Bea,,,\\n", warnings: [duplicate id], as: x.csv}\n'
    )
    assert check(bench, "", rows).passed


@pytest.mark.parametrize(
    "path",
    ["../secret.csv", "/etc/passwd", "a/../../b", "..\\b", "C:/x", "sample/../../x", "file:///etc/passwd"],
)
def test_expect_paths_stay_beside_the_mapping(bench, path):
    with pytest.raises(MappingError) as caught:
        check(bench, "", f"  - {{file: '{path}', entities: {{}}}}\n")
    assert "line 16" in str(caught.value)
    assert "beside the mapping" in str(caught.value)


def test_expect_link_out_of_the_folder_leads_nowhere(bench, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("ref\n1\n")
    (bench.folder / "in.csv").symlink_to(outside)
    with pytest.raises(MappingError, match=r"line 16: expect\[0\].file: there is no such file"):
        check(bench, "", "  - {file: in.csv, entities: {}}\n")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("  - {rows: x}\n", "line 16: expect[0]: says nothing that must come out"),
        ("  - {entities: {}}\n", "give either file or rows"),
        ("  - {file: a, rows: b, entities: {}}\n", "give either file or rows"),
        ("  - {rows: x, entitys: {}}\n", "line 16: expect[0].entitys: is not a word"),
        ("  - {rows: x, entities: {Persn: 1}}\n", "no type 'Persn'"),
        ("  - {rows: x, entity: {type: Persn, key: a}}\n", "no entity type 'Persn'"),
        (
            "  - {rows: x, entity: {type: Person, key: a, properties: {nam: x}}}\n",
            "Person has no property 'nam'",
        ),
        ("  - {rows: x, refused: {}}\n", "say row, field or reason"),
        ("  - {rows: x, as: ../a.csv, skipped: 1}\n", "beside the mapping"),
        ("  - {rows: !!python/object:os.system x, skipped: 1}\n", "not allowed"),
        ("  - &a {rows: x, skipped: 1}\n  - *a\n", "anchors"),
        ("  x\n", "must be a list"),
    ],
)
def test_expect_faults_have_their_line(bench, rows, told):
    with pytest.raises(MappingError) as caught:
        check(bench, "", rows)
    assert told in str(caught.value)


def test_expect_faults_come_with_those_of_the_mapping():
    text = MAPPING.replace("type: Person", "type: Persn") + "  - {rows: x, entitys: {}}\n"
    with pytest.raises(MappingError) as caught:
        parse_mapping("m.yaml", text)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["line 11", "line 16"]


def test_expect_is_no_part_of_a_load(bench):
    bare = parse_mapping("m.yaml", MAPPING.replace("expect:\n", ""))
    assert mapping_identity(parse_mapping("m.yaml", MAPPING + ROWS + "    skipped: 1\n")) == mapping_identity(
        bare
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "handling: {scheme: 3x5x2, code: {column: h, default: Q}}",
            "files[0].handling.code.default: an unknown handling",
        ),
        ("handling: {scheme: 3x5x2, code: {const: 1}}", "files[0].handling.code.const: an unknown handling"),
        ("marking: {column: m, default: PUBLIC}", "files[0].marking.default: an unknown marking"),
        ("marking: {const: SECRET}", "files[0].marking.const: marked SECRET"),
        ("grading: {scheme: 5x5x5, code: g, default: 2B}", "files[0].grading.default: grading source"),
    ],
)
def test_mapping_codes_that_no_scheme_has_are_faults(words, told):
    text = MAPPING.replace("    handling: {scheme: 3x5x2, code: {column: h, default: P}}\n", "").replace(
        "    grading: {scheme: 3x5x2, code: g}\n", f"    {words}\n"
    )
    with pytest.raises(MappingError) as caught:
        parse_mapping("m.yaml", text.replace("expect:\n", ""))
    assert told in str(caught.value)


@pytest.mark.parametrize("name", shipped_mappings())
def test_expect_of_every_source_holds(name):
    assert differing(check_source(name)) == []


def test_expect_of_a_source_that_has_none_is_told():
    with pytest.raises(UnknownSourceError, match="no source 'nonesuch' with a mapping"):
        check_source("nonesuch")
    with pytest.raises(UnknownSourceError):
        check_source(TABLE)


def test_expect_example_of_the_readme_is_good():
    from tests.unit.ingest.test_ingest_readme import README

    text = README.read_text(encoding="utf-8")
    start = text.index("expect:\n")
    found = parse_mapping("m.yaml", MAPPING.replace("expect:\n", "") + text[start : text.index("```", start)])
    assert found.files
