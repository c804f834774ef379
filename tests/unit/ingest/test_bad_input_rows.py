"""Rows that go to quarantine with file, row, field and reason, while the others load and the counts add up."""

from __future__ import annotations

import json

import pytest

LINES = "files:\n  - format: jsonl\n    entities:\n      p: {type: Person, key: {column: id, clean: json_key}, unique: true, original: row, properties: {name: name}}\n"


def reasons(bench) -> list[tuple[int, str, str]]:
    return [(row.row, row.field, row.reason) for row in bench.refused()]


def test_bad_row_nul_byte(bench, people):
    summary = bench.load(b"ref,name,dob\n1,Ada,\n2,B\x00ob,\n3,Cee,\n", people)
    assert (summary.read, summary.loaded, summary.quarantined) == (3, 2, 1)
    assert reasons(bench) == [(2, "(row)", "a NUL byte")]


def test_bad_row_ragged(bench, people):
    summary = bench.load("ref,name,dob\n1,Ada,\n2,Bea\n3,Cee,,extra\n\n4,Dee,\n", people)
    assert (summary.read, summary.loaded, summary.quarantined) == (4, 2, 2)
    assert reasons(bench) == [
        (2, "(row)", "2 fields where the header has 3"),
        (3, "(row)", "4 fields where the header has 3"),
    ]
    assert json.loads(bench.refused()[0].original) == ["2", "Bea"]


def test_bad_row_dates_in_three_formats_and_one_that_is_none(bench, people):
    summary = bench.load(
        "ref,name,dob\n1,Ada,03/04/1986\n2,Bea,1986-04-03\n3,Cee,19860403\n4,Dee,31/02/1986\n", people
    )
    assert (summary.loaded, summary.quarantined) == (3, 1)
    assert {entity.properties["birth_date"] for entity in bench.entities()} == {("1986-04-03",)}
    assert reasons(bench) == [(4, "dob", "a date that does not exist")]


def test_bad_row_damaged_numbers(bench):
    mapping = "files:\n  - entities:\n      t: {type: Phone, key: {column: n, clean: phone}, properties: {number: n}}\n"
    summary = bench.load("n\n07700 900123\n4.47701E+11\n7700900123\n", mapping)
    assert (summary.loaded, summary.quarantined) == (1, 2)
    assert all(field == "n" and "damaged number" in reason for _, field, reason in reasons(bench))


def test_bad_row_same_reference_same_content_is_unchanged(bench, people):
    summary = bench.load("ref,name,dob\n1,Ada,\n1,Ada,\n", people)
    assert summary.counts() == {"read": 2, "loaded": 1, "unchanged": 1, "quarantined": 0, "waiting": 0}
    assert summary.warnings == ()


def test_bad_row_duplicate_id_is_loaded_and_reported(bench, people):
    summary = bench.load("ref,name,dob\n1,Ada,\n2,Bea,\n1,Adah,\n", people)
    assert summary.counts() == {"read": 3, "loaded": 3, "unchanged": 0, "quarantined": 0, "waiting": 0}
    assert summary.warnings == ("rows.csv: person: duplicate id (1 times, first in row 3)",)
    assert bench.counts() == (2, 0)
    assert bench.entities()[0].properties["name"] == ("Ada", "Adah")


def test_bad_row_empty_reference_and_required(bench, people):
    summary = bench.load("ref,name,dob\n,Ada,\n  ,Bea,\n3,Cee,\n", people)
    assert (summary.loaded, summary.quarantined) == (1, 2)
    assert reasons(bench) == [(1, "ref", "is empty"), (2, "ref", "is empty")]


def test_bad_row_link_to_nothing_waits_and_is_completed(bench, people):
    links = "files:\n  - links:\n      - {type: ASSOCIATE_OF, source: {type: Person, key: a}, target: {type: Person, key: b}}\n"
    summary = bench.load("a,b\n1,2\n", links, name="links.csv")
    assert summary.counts() == {"read": 1, "loaded": 1, "unchanged": 0, "quarantined": 0, "waiting": 1}
    assert bench.counts() == (0, 0)
    bench.load("ref,name,dob\n1,Ada,\n2,Bea,\n", people)
    assert bench.counts() == (2, 1)


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "'}) DETACH DELETE n //", "Robert'); DROP TABLE record;--", "{{7*7}}", "${jndi:ldap://x}", "%s%n", "../../etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_bad_row_hostile_text_is_text(bench, people, value):
    quoted = value.replace('"', '""')
    summary = bench.load(f'ref,name,dob\n1,"{quoted}",\n', people)
    assert (summary.loaded, summary.quarantined) == (1, 0)
    (found,) = bench.entities()
    assert found.properties["name"] == (value,)
    assert found.caption == value
    assert bench.records()[0].original["name"] == value


def test_bad_row_guarded_values_come_back_as_they_were(bench, people):
    rows = "".join(
        f'{n},"\'{value.replace(chr(34), chr(34) * 2)}",\n' for n, value in enumerate(HOSTILE[:5], 1)
    )
    bench.load("ref,name,dob\n" + rows, people)
    assert sorted(entity.caption for entity in bench.entities()) == sorted(HOSTILE[:5])


def test_bad_row_secret_is_refused_and_not_kept(bench):
    mapping = (
        "files:\n  - marking: m\n    entities:\n      p: {type: Person, key: ref, properties: {name: n}}\n"
    )
    summary = bench.load(
        "ref,n,m\n1,Ada,OFFICIAL\n2,Covert,SECRET\n3,Bea,TOP SECRET\n4,Cee,\n5,Dee,PUBLIC\n6,Eve,RESTRICTED\n",
        mapping,
    )
    assert (summary.read, summary.loaded, summary.quarantined) == (6, 2, 4)
    refused = bench.refused()
    assert [(row.row, row.original == "(withheld)") for row in refused] == [
        (2, True),
        (3, True),
        (4, False),
        (5, False),
    ]
    assert "SECRET or above" in refused[0].reason
    assert "Covert" not in str(refused)
    assert any("old marking held as OFFICIAL-SENSITIVE" in warning for warning in summary.warnings)
    assert b"Covert" not in (bench.workspace.folder / "ledger.sqlite3").read_bytes()


def test_bad_row_unknown_handling_code_is_never_open(bench):
    mapping = (
        "files:\n  - handling: {scheme: 3x5x2, code: h, conditions: c}\n    grading: {scheme: 3x5x2, code: g}\n"
        "    entities:\n      p: {type: Person, key: ref}\n"
    )
    summary = bench.load("ref,h,c,g\n1,P,,2B\n2,X,,2B\n3,,,2B\n4,C,A7,2B\n5,P,,B2\n6,P,,\n", mapping)
    assert (summary.loaded, summary.quarantined) == (2, 4)
    assert [(row, field) for row, field, _ in reasons(bench)] == [(2, "h"), (3, "h"), (4, "c"), (5, "g")]
    assert [record.label.handling_code for record in bench.records()] == ["P", "P"]


def test_bad_row_json_lines(bench):
    lines = [
        '{"id": 1, "name": "Ada"}', '{"id": 2, "name": ', '[1, 2]', '{"id": 3, "id": 4}', '{"id": 5, "x": NaN}',
        '{"id": 6, "x": 1e999}', '{"id": 7, "name": "\\ud800"}', '{"id": 8, "name": "a\\u0000b"}', '{"id": 9, "name": "\\ud83d\\ude00"}',
        '{"id": 10, "x": ' + "[" * 5000 + "]" * 5000 + "}", '{"id": 12345678901234567890123, "name": "Long"}', '{"id": {"a": 1}}',
    ]  # fmt: skip
    summary = bench.load("\n".join(lines), LINES, name="rows.jsonl")
    assert summary.read == len(lines)
    assert [(row, reason.split(":")[0]) for row, _, reason in reasons(bench)] == [
        (2, "not JSON at character 19"), (3, "not a JSON object"), (4, "two values under one key"), (5, "NaN is no JSON number"),
        (6, "a number too large"), (7, "half a surrogate pair"), (8, "a NUL character"), (10, "nested more than 64 deep"),
        (12, "the reference is empty"),
    ]  # fmt: skip
    assert {record.reference for record in bench.records()} == {"1", "9", "12345678901234567890123"}


def test_bad_row_one_bad_line_of_many(bench):
    lines = [json.dumps({"id": n, "name": f"P{n}"}) for n in range(1, 6_001)]
    lines[5_432] = lines[5_432][:-1]
    summary = bench.load("\n".join(lines), LINES, name="rows.jsonl")
    assert (summary.read, summary.loaded, summary.quarantined) == (6_000, 5_999, 1)
    assert reasons(bench)[0][0] == 5_433


def test_bad_row_half_surrogate_in_an_array_is_not_turned_into_a_question_mark(bench):
    mapping = LINES.replace("jsonl", "json")
    summary = bench.load(
        '[{"id": 1, "name": "\\ud800x"}, {"id": 2, "name": "Bea \\ud83d\\ude00"}, 3]',
        mapping,
        name="rows.json",
    )
    assert (summary.loaded, summary.quarantined) == (1, 2)
    assert [entity.caption for entity in bench.entities()] == ["Bea \U0001f600"]


def test_bad_row_list_where_a_value_is_wanted(bench):
    summary = bench.load(
        '{"id": 1, "name": {"first": "Ada"}}\n{"id": 2, "name": [["x"]]}\n', LINES, name="rows.jsonl"
    )
    assert summary.quarantined == 2
    assert [field for _, field, _ in reasons(bench)] == ["name", "name"]


def test_bad_row_damage_and_deceit_are_loaded_and_reported(bench, people):
    text = "ref,name,dob\n1,P\u0430ul,\n2,Jos\u00c3\u00a9,\n3,a\u202eb,\n"
    summary = bench.load(text, people)
    assert summary.loaded == 3
    assert [warning.split(" (")[0] for warning in summary.warnings] == [
        "rows.csv: name: invisible characters", "rows.csv: name: mixed scripts", "rows.csv: name: mojibake",
    ]  # fmt: skip


def test_bad_row_misspelt_attribute_is_reported(bench):
    summary = bench.load('{"id": 1, "name": "Ada"}\n{"id": 2, "nmae": "Bea"}\n', LINES, name="rows.jsonl")
    assert summary.warnings == (
        "rows.jsonl: nmae: attribute not in the mapping: meant is perhaps 'name' (1 times, first in row 2)",
    )
