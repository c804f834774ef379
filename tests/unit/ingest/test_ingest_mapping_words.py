"""Every word of the mapping language does what the README says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

PERSON = "files:\n  - entities:\n      p:\n        type: Person\n        key: ref\n        properties: {%s}\n"


def person(bench, properties: str, content: str):
    """The properties of the one person that a one-row file gives."""
    summary = bench.load(content, PERSON % properties)
    assert summary.quarantined == 0, bench.refused()
    (found,) = bench.entities("Person")
    return found.properties


def test_words_join_leaves_missing_parts_out(bench):
    got = person(
        bench, "name: {join: [a, b, c]}, address: {join: [a, c], with: ', '}", "ref,a,b,c\n1,Ada,,Quill\n"
    )
    assert (got["name"], got["address"]) == (("Ada Quill",), ("Ada, Quill",))


def test_words_first_list_const_default(bench):
    got = person(
        bench,
        "name: {first: [a, b]}, alias: {list: [a, b, c, b]}, note: {const: 7}, gender: {column: a, default: unknown}",
        "ref,a,b,c\n1,,Bea,Cee\n",
    )
    assert got["name"] == ("Bea",)
    assert got["alias"] == ("Bea", "Cee")
    assert got["note"] == ("7",)
    assert got["gender"] == ("unknown",)


def test_words_split_and_lookup(bench):
    text = "lookups: {sex: {M: male, F: female}}\n" + PERSON % (
        "name: n, alias: {column: a, split: ';'}, gender: {column: s, lookup: sex}"
    )
    summary = bench.load("ref,n,a,s\n1,Ada,A; B;;A ,F\n2,Bob,,X\n", text)
    (found,) = bench.entities("Person")
    assert found.properties["alias"] == ("A", "B")
    assert found.properties["gender"] == ("female",)
    assert summary.quarantined == 1
    assert bench.refused()[0].reason == "not in the mapping's table of values"


def test_words_on_error_omit_leaves_out_and_warns(bench):
    summary = bench.load(
        "ref,n,pc\n1,Ada,nowhere\n", PERSON % "name: n, postcode: {column: pc, on_error: omit}"
    )
    assert summary.counts()["loaded"] == 1
    assert summary.warnings == (
        "rows.csv: pc: left out: not a United Kingdom postcode (1 times, first in row 1)",
    )
    assert bench.entities()[0].properties == {"name": ("Ada",)}


def test_words_when_on_values_entities_and_rows(bench):
    text = (
        "files:\n  - when: {column: take, not_in: [no, '']}\n    entities:\n"
        "      p: {type: Person, key: ref, when: [{column: kind, is: person}], properties: {name: n, note: {column: n, when: {column: take, is: yes}}}}\n"
        "      b: {type: Business, key: ref, when: {not: {column: kind, is: person}}, properties: {name: n}}\n"
    )
    summary = bench.load(
        "ref,n,kind,take\n1,Ada,person,yes\n2,Bea,person,maybe\n3,Cee,firm,yes\n4,Dee,person,no\n", text
    )
    assert (summary.loaded, summary.skipped, summary.rows) == (3, 1, 4)
    assert [(e.type, e.caption) for e in bench.entities()] == [
        ("Person", "Ada"),
        ("Person", "Bea"),
        ("Business", "Cee"),
    ]
    assert "note" not in bench.entities()[1].properties


def test_words_conditions(bench):
    text = (
        PERSON
        % "name: {column: n, when: {any: [{column: n, starts_with: A}, {all: [{column: x, empty: false}, {column: n, is_not: Cee}]}]}}"
    )
    bench.load("ref,n,x\n1,Ada,\n2,Bea,y\n3,Cee,y\n4,Dee,\n", text)
    assert sorted(e.properties.get("name", ("-",))[0] for e in bench.entities()) == ["-", "-", "Ada", "Bea"]


def test_words_same_reference_of_two_types_is_two_things(bench):
    text = "files:\n  - entities:\n      p: {type: Person, key: ref}\n      b: {type: Business, key: ref}\n"
    bench.load("ref\n1\n", text)
    assert bench.counts() == (2, 0)


def test_words_key_of_several_columns_needs_all_of_them(bench):
    text = "files:\n  - entities:\n      a: {type: Account, key: {join: [s, n]}, properties: {account_number: n}}\n"
    summary = bench.load("s,n\n00-11-22,12345678\n,12345678\n", text)
    assert (summary.loaded, summary.quarantined) == (1, 1)
    assert bench.refused()[0].reason == "the reference is empty"
    assert bench.refused()[0].field == "s+n"


def test_words_optional_entity_without_key_takes_its_links_along(bench):
    text = (
        "files:\n  - entities:\n      p: {type: Person, key: ref}\n"
        "      t: {type: Phone, key: {column: tel, clean: phone}, optional: true, properties: {number: tel}}\n"
        "    links:\n      - {type: USES_PHONE, source: p, target: t}\n"
    )
    bench.load("ref,tel\n1,07700 900123\n2,\n3,+447700900123\n", text)
    assert bench.counts() == (4, 2)


def test_words_link_ends_elsewhere_other_source_and_names(bench):
    text = (
        "files:\n  - entities:\n      p: {type: Person, key: ref, when: {column: k, is: p}}\n"
        "      b: {type: Business, key: ref, when: {column: k, is: b}}\n"
        "    links:\n"
        "      - {type: HOLDS_ACCOUNT, source: [p, b], target: {type: Account, key: acc, source: bank_x}}\n"
    )
    summary = bench.load("ref,k,acc\n1,p,A1\n2,b,A1\n", text)
    assert (summary.loaded, summary.waiting) == (4, 2)
    other = "mapping: 1\nsource: bank_x\nfiles:\n  - entities:\n      a: {type: Account, key: acc}\n"
    bench.load("acc\nA1\n", other, name="accounts.csv")
    assert bench.counts() == (3, 2)
    assert [link.type for link in bench.links()] == ["HOLDS_ACCOUNT", "HOLDS_ACCOUNT"]


def test_words_ends_by_reference_alone(bench):
    text = (
        "files:\n"
        "  - match: things.csv\n    entities:\n      v: {type: Vehicle, key: id, when: {column: k, is: v}}\n"
        "      o: {type: Object, key: id, when: {column: k, is_not: v}}\n"
        "  - match: crimes.csv\n    entities:\n      c: {type: Event, kind: crime, key: id}\n"
        "  - match: links.csv\n    links:\n"
        "      - type: PARTY_TO\n        source: {types: [Vehicle, Object], key: a}\n        target: {type: Event, key: b}\n"
    )
    mapping = bench.mapping(text)
    bench.put("things.csv", "id,k\n1,v\n2,o\n")
    bench.put("crimes.csv", "id\n9\n")
    bench.put("links.csv", "a,b\n1,9\n2,9\n3,9\n")
    mapping.rename(bench.folder.parent / "m.yaml")
    summary = bench.load_source("table", bench.folder, mapping=bench.folder.parent / "m.yaml")
    assert (summary.read, summary.loaded, summary.quarantined) == (6, 5, 1)
    assert bench.refused()[0].reason == "no Vehicle or Object has this reference: load what states it first"
    again = bench.load_source("table", bench.folder / "links.csv", mapping=bench.folder.parent / "m.yaml")
    assert (again.unchanged, again.quarantined) == (2, 1)  # the ledger knows what former loads stated


def test_words_valid_time_of_links(bench):
    text = (
        "files:\n  - entities:\n      p: {type: Person, key: ref}\n      l: {type: Location, key: place}\n"
        "    links:\n      - {type: LIVES_AT, source: p, target: l, valid_from: a, valid_to: b}\n"
    )
    summary = bench.load("ref,place,a,b\n1,X,2020-05,31/07/2021\n2,X,2021-01-02,2020-01-01\n", text)
    (link,) = bench.links()
    assert link.valid_from == "2020-04-30T23:00:00.000000Z"
    assert link.valid_to == "2021-07-31T23:00:00.000000Z"
    assert summary.quarantined == 1
    assert (bench.refused()[0].field, bench.refused()[0].reason) == ("a+b", "ends before it starts")


def test_words_reference_keeps_parallel_links_apart(bench):
    text = (
        "files:\n  - entities:\n      a: {type: Phone, key: a}\n      b: {type: Phone, key: b}\n"
        "    links:\n      - {type: CALLS, source: a, target: b, reference: n, properties: {reference: n}}\n"
    )
    bench.load("a,b,n\nx,y,1\nx,y,2\nx,y,2\n", text)
    assert bench.counts() == (2, 2)


def test_words_evidence_of_every_row(bench):
    text = (
        "originator: {const: northshire}\nmarking: {const: OFFICIAL-SENSITIVE}\nfiles:\n"
        "  - grading: {scheme: 3x5x2, source: gs, intelligence: gi}\n"
        "    handling: {scheme: 3x5x2, code: h, conditions: hc}\n    compartment: c\n    known_at: k\n"
        "    entities:\n      p: {type: Person, key: ref, properties: {name: n}}\n"
        "      q: {type: Person, key: other, properties: {name: n}, handling: {scheme: 5x5x5, code: {const: '1'}}, grading: {scheme: 5x5x5, code: g5}}\n"
    )
    bench.load("ref,other,n,gs,gi,h,hc,c,k,g5\n1,2,Ada,2,B,C,A1 S2,OPAL,2026-01-05 09:30,E4\n", text)
    first, second = bench.records()
    assert (first.label.marking, first.label.handling_scheme, first.label.handling_code) == (
        "OFFICIAL-SENSITIVE",
        "3x5x2",
        "C",
    )
    assert first.label.handling_conditions == ("A1", "S2")
    assert (first.label.compartment, first.label.originator) == ("OPAL", "northshire")
    assert (first.grading.scheme, first.grading.code) == ("3x5x2", "2B")
    assert first.known_at == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert (second.label.handling_scheme, second.label.handling_code, second.label.handling_conditions) == (
        "5x5x5",
        "1",
        (),
    )
    assert (second.grading.scheme, second.grading.code) == ("5x5x5", "E4")


def test_words_original_used_or_row(bench):
    text = (
        "files:\n  - ignore: [x]\n    entities:\n      p: {type: Person, key: ref, properties: {name: {join: [f, s]}}}\n"
        "      b: {type: Business, key: ref, original: row, properties: {name: f}}\n"
    )
    bench.load("ref,f,s,x,y\n1,Ada ,Quill,kept?,\n", text)
    business, person = sorted(bench.records(), key=lambda record: record.type)
    assert person.original == {"ref": "1", "f": "Ada ", "s": "Quill"}
    assert business.original == {"ref": "1", "f": "Ada ", "s": "Quill", "x": "kept?"}
    assert (person.file, person.row) == ("rows.csv", 1)


def test_words_columns_that_nothing_uses_are_reported(bench):
    summary = bench.load(
        "ref,n,extra,known\n1,Ada,x,y\n",
        PERSON.replace("  - entities", "  - ignore: [known]\n    entities") % "name: n",
    )
    assert summary.warnings == (
        "rows.csv: extra: column not in the mapping: its values are not kept (1 times, first in row 0)",
    )


def test_words_repeat_over_json_and_split(bench):
    text = (
        "files:\n  - format: jsonl\n    entities:\n      p: {type: Person, key: ref, properties: {name: n}}\n"
        "    repeat:\n      - over: cars\n        as: car\n        entities:\n"
        "          v: {type: Vehicle, key: {column: car.vrm, clean: vrm}, properties: {vrm: car.vrm, make: car.make}}\n"
        "        links:\n          - {type: KEEPER_OF, source: p, target: v, valid_from: car.since}\n"
        "      - over: tels\n        as: tel\n        split: ','\n        entities:\n"
        "          t: {type: Phone, key: {column: tel, clean: phone}, properties: {number: tel}}\n"
        "        links:\n          - {type: USES_PHONE, source: p, target: t}\n"
    )
    row = {
        "ref": "1", "n": "Ada", "cars": [{"vrm": "AB12 CDE", "make": "X", "since": "2020"}, {"vrm": "QA02AAH"}],
        "tels": "07700 900123, 07700 900124",
    }  # fmt: skip
    bench.load(json.dumps(row), text, name="rows.jsonl")
    assert bench.counts() == (5, 4)
    assert [record.original for record in bench.records() if record.reference == "AB12CDE"] == [
        {"car.vrm": "AB12 CDE", "car.make": "X"}
    ]


def test_words_repeat_in_csv(bench):
    text = (
        "files:\n  - entities:\n      p: {type: Person, key: ref}\n    repeat:\n      - over: tels\n        as: tel\n        split: ';'\n"
        "        entities: {t: {type: Phone, key: {column: tel, clean: phone}}}\n"
        "        links: [{type: USES_PHONE, source: p, target: t}]\n"
    )
    bench.load("ref,tels\n1,07700 900123; 07700 900124\n2,\n", text)
    assert bench.counts() == (4, 2)


def test_words_json_paths_lists_and_keys_with_dots(bench):
    text = (
        "files:\n  - format: json\n    items: data.people\n    entities:\n"
        "      p: {type: Person, key: {column: id, clean: json_key}, properties: {name: who.name, alias: who.aliases, note: a.b, birth_date: {join: [dob.year, dob.month], with: '-'}}}\n"
    )
    document = {
        "meta": {"people": [1]},
        "data": {
            "people": [
                {
                    "id": 77,
                    "who": {"name": "Ada", "aliases": ["A", "B"]},
                    "a.b": "dotted",
                    "dob": {"year": 1961, "month": 2},
                },
                {"id": "77", "who": {"name": "Bea"}},
            ]
        },
    }
    bench.load(json.dumps(document), text, name="rows.json")
    assert [e.caption for e in bench.entities()] == ["Ada", "Bea"]
    assert bench.entities()[0].properties == {
        "name": ("Ada",), "alias": ("A", "B"), "note": ("dotted",), "birth_date": ("1961-02",)
    }  # fmt: skip


def test_words_file_without_header_and_with_other_delimiter(bench):
    text = "files:\n  - delimiter: ';'\n    encoding: cp1252\n    header: [ref, n]\n    entities:\n      p: {type: Person, key: ref, properties: {name: n}}\n"
    bench.load("1;Jos\u00e9\n2;Zo\u00eb\n".encode("cp1252"), text)
    assert [e.caption for e in bench.entities()] == ["Jos\u00e9", "Zo\u00eb"]


def test_words_section_source_and_date_order(bench):
    text = (
        "mapping: 1\nsource: whole\ndates: mdy\nfiles:\n  - source: part\n    entities:\n"
        "      p: {type: Person, key: ref, properties: {birth_date: dob}}\n"
    )
    bench.load("ref,dob\n1,03/04/1986\n", text)
    (found,) = bench.entities()
    assert found.sources == ("part",)
    assert found.properties["birth_date"] == ("1986-03-04",)


@pytest.mark.parametrize("kind", ["{column: k, lookup: kinds}", "{column: k}"])
def test_words_kind_from_a_column(bench, kind):
    text = f"lookups: {{kinds: {{vessel: vessel, road_vehicle: road_vehicle, plane: aircraft}}}}\nfiles:\n  - entities:\n      v: {{type: Vehicle, key: ref, kind: {kind}}}\n"
    summary = bench.load("ref,k\n1,vessel\n2,\n3,plane\n4,bicycle\n", text)
    kinds = sorted(e.kind for e in bench.entities())
    assert kinds == (
        ["aircraft", "road_vehicle", "vessel"] if "lookup" in kind else ["road_vehicle", "vessel"]
    )
    assert summary.read == 4
