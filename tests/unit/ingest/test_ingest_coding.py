"""Coding with the lexicon: the standard word, unknown words kept and named, and the version that coded a batch."""

from __future__ import annotations

from graphcore.lexicon import Term

MAPPING = """files:
  - entities:
      crime:
        type: Event
        kind: crime
        key: ref
        properties: {category: {column: offence, clean: "code:crime_types"}}
"""
ROWS = (
    "ref,offence\n1,PWITS Class A\n2,Burglary Dwelling\n3,Twocking of a zeppelin\n4,drug  trafficking\n5,\n"
)


def categories(bench) -> list[str]:
    return sorted(str(value) for event in bench.entities() for value in event.properties.get("category", ()))


def test_a_free_category_becomes_the_standard_one_and_the_original_stays(bench):
    summary = bench.load(ROWS, MAPPING)
    assert categories(bench) == [
        "Burglary - residential",
        "Trafficking of drugs",
        "Trafficking of drugs",
        "Twocking of a zeppelin",
    ]
    assert sorted(dict(record.original).get("offence", "") for record in bench.records()) == [
        "",
        "Burglary Dwelling",
        "PWITS Class A",
        "Twocking of a zeppelin",
        "drug  trafficking",
    ]
    assert [line for line in summary.warnings if "crime_types" in line] == [
        (
            "rows.csv: offence: not in the list crime_types, kept as received: 'Twocking of a zeppelin'"
            " (1 times, first in row 3)"
        )
    ]


def test_a_column_that_holds_no_words_of_a_list_is_not_repeated_in_warnings(bench):
    summary = bench.load("ref,offence\n1,07700 900123\n2,ada@example.org\n", MAPPING)
    told = "\n".join(summary.warnings)
    assert "a text that is no word of a list" in told
    assert "900123" not in told
    assert "example" not in told


def test_warnings_of_unknown_words_are_bounded(bench):
    rows = "".join(f"{n},unknown {chr(97 + n // 26)}{chr(97 + n % 26)}\n" for n in range(200))
    summary = bench.load("ref,offence\n" + rows, MAPPING)
    told = [line for line in summary.warnings if "crime_types" in line]
    assert len(told) == 51
    assert any("further words" in line and "(150 times" in line for line in told)


def test_a_batch_keeps_the_version_that_coded_it_and_new_words_code_anew(bench):
    book = bench.workspace.ledger.lexicon
    first = bench.load(ROWS, MAPPING)
    batch = bench.workspace.ledger.batches()[-1].number
    assert book.used_by(batch) == ("1", book.lexicon("1").hash)
    book.add(
        Term("crime_types", "airship", "Taking of an airship", ("twocking of a zeppelin",)), by="a", why="x"
    )
    again = bench.load(ROWS, MAPPING)
    assert (again.loaded, again.unchanged) == (1, first.loaded - 1)
    newest = bench.workspace.ledger.batches()[-1].number
    assert newest != batch
    assert book.used_by(newest) == ("1+1", book.lexicon().hash)
    assert "Taking of an airship" in categories(bench)


def test_a_mapping_that_codes_nothing_notes_nothing(bench):
    bench.load("ref,offence\n1,x\n", MAPPING.replace(', clean: "code:crime_types"', ""))
    assert bench.workspace.ledger.lexicon.used_by(bench.workspace.ledger.batches()[-1].number) is None


def test_a_list_that_does_not_exist_is_a_fault_of_the_mapping(bench):
    import pytest

    from ingest.errors import MappingError

    with pytest.raises(MappingError, match="no cleaner 'code:nothing'"):
        bench.load(ROWS, MAPPING.replace("crime_types", "nothing"))
