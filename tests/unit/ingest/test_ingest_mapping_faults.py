"""A wrong mapping is refused with all its faults at once, each with its line; nothing in it is ever run."""

from __future__ import annotations

import pytest

from ingest.errors import MappingError, UnknownSourceError
from ingest.mapping.read import parse_mapping, read_mapping
from ingest.registry import SOURCES, choose_mapping

GOOD = """mapping: 1
source: test
files:
  - entities:
      p: {type: Person, key: ref, properties: {name: name}}
"""


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(MappingError) as caught:
        parse_mapping("m.yaml", text)
    assert "m.yaml" in str(caught.value)
    return caught.value.faults


def test_mapping_good_one_is_read():
    assert parse_mapping("m.yaml", GOOD).files[0].entities["p"].type == "Person"


def test_mapping_all_faults_come_at_once_with_their_lines():
    text = """mapping: 1
sauce: x
files:
  - match: [1]
    required: name
    entities:
      p:
        type: Person
        key: {colum: ref}
      q:
        key: ref
"""
    found = faults(text)
    assert [fault.split(":")[0] for fault in found] == ["line 2", "line 4", "line 5", "line 9", "line 10"]
    assert "sauce" in found[0]
    assert "not a word" in found[0]
    assert "files[0].entities.q.type: is missing" in found[4]


def test_mapping_schema_faults_come_at_once():
    text = """mapping: 1
timezone: Mars/Olympus
lookups: {yes: {a: 1}}
files:
  - items: x
    entities:
      p: {type: Persn, key: ref}
      q: {type: Person, key: {column: ref, clean: nonesuch}, properties: {nam: name, age: {column: a, clean: text}}}
      v: {type: Vehicle, kind: boat, key: v, properties: {year: {const: old}, vrm: {const: "!!"}}}
      w: {type: Vehicle, kind: {column: k, lookup: nolook}, key: v}
    links:
      - {type: OWNZ, source: q, target: v}
      - {type: OWNS, source: v, target: nobody}
      - {type: OWNS, source: v, target: q}
      - {type: LIVES_AT, source: q, target: {type: Locality, key: a}, when: {any: []}}
"""
    found = "\n".join(faults(text))
    for part in (
        "timezone: is no time zone",
        "items: says nothing about format csv",
        "no entity type 'Persn'",
        "no cleaner 'nonesuch'",
        "Person has no property 'nam'",
        "text does not give a integer",
        "Vehicle has no kind 'boat'",
        "is no integer",
        "not a vehicle registration mark",
        "no table 'nolook'",
        "no link type 'OWNZ'",
        "no entity 'nobody' in this section",
        "OWNS does not run from Vehicle to Person",
        "no entity type 'Locality'",
        "an empty list says nothing",
    ):
        assert part in found, part


@pytest.mark.catalogue("I23", "I25")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("a: [", "not YAML"),
        ("a: &x 1\nb: *x", "anchors and aliases"),
        ("a: !!python/object/apply:os.system [id]", "python/object/apply:os.system is not allowed"),
        ("a: !!binary aGk=", "is not allowed"),
        ("a: !include ../../etc/passwd", "!include is not allowed"),
        ("a: 1\na: 2", "given twice"),
        ("? [a]\n: 1", "plain word"),
        ("a: " + "[" * 60 + "]" * 60, "nested too deeply"),
        ("a: " + "x" * (1 << 20), "longer than 1 MiB"),
        ("- 1", "must be a block"),
        ("mapping: 2\nfiles: []", "Input should be 1"),
    ],
)
def test_mapping_hostile_or_broken_yaml_is_refused(text, reason):
    assert any(reason in fault for fault in faults(text)), faults(text)


@pytest.mark.catalogue("I25")
@pytest.mark.parametrize("value", ["{{ 7*7 }}", "${HOME}", "../../etc/passwd", "!!python/name:os"])
def test_mapping_templates_and_paths_are_only_text(value):
    text = GOOD.replace("name: name", f"name: {{const: '{value}'}}")
    assert parse_mapping("m.yaml", text).files[0].entities["p"].properties["name"].const == value  # type: ignore[union-attr]


def test_mapping_source_names_are_plain_words():
    assert any("source" in fault for fault in faults(GOOD.replace("source: test", "source: ../x")))


def test_mapping_yaml_words_keep_their_spelling():
    text = GOOD.replace("files:", "lookups: {country: {NO: Norway, '01': one}}\nfiles:")
    assert parse_mapping("m.yaml", text).lookups["country"] == {"NO": "Norway", "01": "one"}


def test_mapping_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(MappingError, match="cannot be read"):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff")
    with pytest.raises(MappingError, match="not UTF-8"):
        read_mapping(tmp_path / "latin.yaml")


def test_mapping_of_every_source_is_good():
    for name, spec in SOURCES.items():
        assert spec.description
        if spec.own_mapping:
            assert choose_mapping(name, None)[1] == name


def test_mapping_choice_of_source(tmp_path):
    with pytest.raises(UnknownSourceError, match="no source 'nonesuch'"):
        choose_mapping("nonesuch", None)
    with pytest.raises(UnknownSourceError, match="needs a mapping"):
        choose_mapping("table", None)
    own = tmp_path / "own.yaml"
    own.write_text(GOOD)
    assert choose_mapping("table", own)[1] == "test"
    assert choose_mapping("test", own)[1] == "test"
    with pytest.raises(MappingError, match="its source is 'test'"):
        choose_mapping("other", own)
    own.write_text(GOOD.replace("source: test\n", ""))
    assert choose_mapping("anything", own)[1] == "anything"
    with pytest.raises(MappingError, match="source is missing"):
        choose_mapping("table", own)
