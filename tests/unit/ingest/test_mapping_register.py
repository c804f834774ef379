"""The source register behind a mapping: its defaults count where mapping and row say nothing, and only there."""

from __future__ import annotations

import pytest

from graphcore.evidence import Grading, GradingScheme
from graphcore.evidence.ledger.register import SourceEntry
from ingest.errors import MappingError
from ingest.register import read_register

NEW = GradingScheme.THREE_FIVE_TWO
ENTRY = SourceEntry(
    "Northshire",
    grading=Grading(NEW, "2", "B"),
    handling_scheme="3x5x2",
    handling_code="C",
    handling_conditions=("A1", "S2"),
    marking="OFFICIAL-SENSITIVE",
)
PEOPLE = (
    "files:\n  - {head}entities:\n      p: {{type: Person, key: ref, properties: {{name: name}}{entity}}}\n"
)


def people(head: str = "", entity: str = "") -> str:
    return PEOPLE.format(head=head + "\n    " if head else "", entity=entity)


def known(bench, entry: SourceEntry = ENTRY, source: str = "test") -> None:
    bench.workspace.ledger.register.set(source, entry, by="tester", why="test")


def labels(bench) -> list[tuple[str, str, str, tuple[str, ...], str]]:
    out = []
    for record in sorted(bench.records(), key=lambda r: r.reference):
        label, grading = record.label, record.grading
        code = f"{label.handling_scheme} {label.handling_code}".strip()
        out.append(
            (
                record.reference,
                label.marking,
                code,
                label.handling_conditions,
                grading.code if grading else "",
            )
        )
    return out


def test_register_counts_where_nothing_is_said(bench):
    known(bench)
    summary = bench.load("ref,name\nN1,Ada\n", people())
    assert labels(bench) == [("N1", "OFFICIAL-SENSITIVE", "3x5x2 C", ("A1", "S2"), "2B")]
    assert summary.unregistered == ()
    (batch,) = bench.workspace.ledger.batches()
    assert bench.workspace.ledger.register.of_batch(batch.number).version == 1


def test_register_without_an_entry_nothing_changes_and_a_warning_says_so(bench):
    summary = bench.load("ref,name\nN1,Ada\n", people())
    assert labels(bench) == [("N1", "OFFICIAL", "", (), "")]
    assert len(summary.unregistered) == 1
    assert "test: (source): source not in the register" in summary.unregistered[0]
    assert bench.workspace.ledger.register.of_batch(1) is None


@pytest.mark.parametrize(
    "words", ["marking: {const: OFFICIAL}", "handling: {scheme: 3x5x2, code: {const: P}}"]
)
def test_register_no_warning_where_the_mapping_says_how_it_is_held(bench, words):
    assert bench.load("ref,name\nN1,Ada\n", people(words)).unregistered == ()
    assert bench.load("ref,name\nN1,Ada\n", people("", f", {words}")).unregistered == ()


def test_register_mapping_and_row_win(bench):
    known(bench)
    words = (
        "handling: {scheme: 3x5x2, code: h, conditions: cond}\n    marking: m\n"
        "    grading: {scheme: 3x5x2, source: gs, intelligence: gi}"
    )
    content = (
        "ref,name,h,cond,m,gs,gi\n"
        "N1,Ada,P,,OFFICIAL,1,A\n"  # the row says it all
        "N2,Bea,,,,,\n"  # the row says nothing
        "N3,Cee,,S1,OFFICIAL,3,\n"  # conditions without a code add to the register's; half a grading stays half
    )
    summary = bench.load(content, people(words))
    assert summary.quarantined == 0
    assert labels(bench) == [
        ("N1", "OFFICIAL", "3x5x2 P", (), "1A"),
        ("N2", "OFFICIAL-SENSITIVE", "3x5x2 C", ("A1", "S2"), "2B"),
        ("N3", "OFFICIAL", "3x5x2 C", ("A1", "S1", "S2"), "3-"),
    ]


def test_register_constants_of_the_mapping_stay(bench):
    known(bench)
    words = "handling: {scheme: 3x5x2, code: {const: P}}\n    marking: {const: OFFICIAL}"
    bench.load("ref,name\nN1,Ada\n", people(words))
    assert labels(bench) == [("N1", "OFFICIAL", "3x5x2 P", (), "2B")]


def test_register_unknown_code_still_stops_the_row(bench):
    known(bench)
    words = "handling: {scheme: 3x5x2, code: h}\n    marking: m"
    summary = bench.load("ref,name,h,m\nN1,Ada,X,\nN2,Bea,,PUBLIC\nN3,Cee,,SECRET\n", people(words))
    assert (summary.loaded, summary.quarantined) == (0, 3)
    assert [row.field for row in bench.refused()] == ["h", "m", "m"]
    assert bench.refused()[2].original == "(withheld)"


def test_register_of_another_scheme_does_not_stand_behind_a_column(bench):
    known(bench, SourceEntry("N", handling_scheme="5x5x5", handling_code="1"))
    summary = bench.load("ref,name,h\nN1,Ada,\n", people("handling: {scheme: 3x5x2, code: h}"))
    assert summary.quarantined == 1
    assert bench.refused()[0].reason == "the handling code is empty"


def test_register_words_of_an_entity_win_too(bench):
    known(bench)
    words = ", handling: {scheme: 3x5x2, code: {column: h, default: P}}"
    bench.load("ref,name,h\nN1,Ada,\nN2,Bea,C\n", people("", words))
    assert [(row[0], row[2]) for row in labels(bench)] == [("N1", "3x5x2 P"), ("N2", "3x5x2 C")]


def test_register_new_defaults_make_new_records_and_keep_the_old(bench):
    known(bench)
    bench.load("ref,name\nN1,Ada\n", people())
    assert bench.load("ref,name\nN1,Ada\n", people()).loaded == 0
    known(bench, SourceEntry("Northshire", handling_scheme="3x5x2", handling_code="P"))
    assert bench.load("ref,name\nN1,Ada\n", people()).loaded == 1
    versions = [
        bench.workspace.ledger.register.of_batch(batch.number) for batch in bench.workspace.ledger.batches()
    ]
    assert [version.version for version in versions] == [1, 1, 2]


def test_register_each_section_has_its_own_source(bench):
    known(bench, SourceEntry("A", marking="OFFICIAL-SENSITIVE"), "a")
    mapping = (
        "files:\n"
        "  - {match: a.csv, source: a, entities: {p: {type: Person, key: ref}}}\n"
        "  - {match: b.csv, source: b, entities: {p: {type: Person, key: ref}}}\n"
    )
    bench.put("a.csv", "ref\nN1\n")
    bench.put("b.csv", "ref\nN2\n")
    path = bench.mapping(mapping).rename(bench.folder.parent / "two.yaml")
    summary = bench.load_source("table", bench.folder, mapping=path)
    assert [(row[0], row[1]) for row in labels(bench)] == [("N1", "OFFICIAL-SENSITIVE"), ("N2", "OFFICIAL")]
    assert [text.split(":")[0] for text in summary.unregistered] == ["b"]


def test_register_default_grading_of_a_mapping_stands_for_empty_rows(bench):
    words = "grading: {scheme: 3x5x2, source: gs, intelligence: gi, default: 3D}"
    bench.load("ref,name,gs,gi\nN1,Ada,,\nN2,Bea,1,A\n", people(words))
    assert [row[4] for row in labels(bench)] == ["3D", "1A"]


GOOD = """register: 1
why: yearly review
sources:
  calls:
    organisation: Northshire Police
    contact: records desk
    grading: {scheme: 3x5x2, source: 1, intelligence: A}
    handling: {scheme: 3x5x2, code: C, conditions: [S2, A1]}
    marking: OFFICIAL-SENSITIVE
    retention_group: 3
    refresh_days: 30
"""


def test_register_file_is_read(bench):
    found = read_register(bench.put("r.yaml", GOOD))
    assert found.why == "yearly review"
    entry = found.entries["calls"]
    assert (entry.grading, entry.handling_conditions, entry.retention_group) == (
        Grading(NEW, "1", "A"),
        ("A1", "S2"),
        "3",
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("contact", "contakt", "line 6: sources.calls.contakt: is not a word"),
        ("code: C", "code: Q", "line 4: sources.calls: handling: no such code"),
        ("marking: OFFICIAL-SENSITIVE", "marking: SECRET", "line 9: sources.calls.marking"),
        (
            "refresh_days: 30",
            "refresh_days: often",
            "line 11: sources.calls.refresh_days: must be a whole number",
        ),
        ("  calls:", "  ../calls:", "sources.../calls"),
        ("contact: records desk", "contact: !!python/name:os.system x", "not allowed"),
        ("contact: records desk", "contact: &a x", "anchors"),
        ("register: 1", "register: 2", "line 1"),
    ],
)
def test_register_file_faults_have_their_line(bench, old, new, told):
    with pytest.raises(MappingError) as caught:
        read_register(bench.put("r.yaml", GOOD.replace(old, new)))
    assert told in str(caught.value)


def test_register_file_that_cannot_be_read_says_so(bench):
    with pytest.raises(MappingError, match="cannot be read"):
        read_register(bench.folder / "none.yaml")
    with pytest.raises(MappingError, match="not UTF-8"):
        read_register(bench.put("r.yaml", b"\xff\xfe\xff"))


def test_register_counts_for_series_too(bench):
    from pathlib import Path

    from ingest.registry import SOURCES

    known(bench, SourceEntry("Northshire", handling_scheme="3x5x2", handling_code="P"), "call_records")
    sample = Path(str(SOURCES["call_records"].folder)) / "sample" / "calls.csv"
    summary = bench.load_source("call_records", sample)
    assert (summary.quarantined, summary.unregistered) == (0, ())
    labels_in_use = {
        (label.handling_code, label.marking) for label in bench.workspace.ledger.labels().values()
    }
    assert labels_in_use == {("P", "OFFICIAL")}


def test_register_example_of_the_readme_is_read(bench):
    from tests.unit.ingest.test_ingest_readme import README

    text = README.read_text(encoding="utf-8")
    start = text.index("register: 1\n")
    found = read_register(bench.put("r.yaml", text[start : text.index("```", start)]))
    assert found.entries["call_records"].handling_conditions == ("A1",)
