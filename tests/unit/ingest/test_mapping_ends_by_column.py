"""A link's end whose type stands in a column, how much an archive may hold, and dates with the month first."""

from __future__ import annotations

import zipfile

import pytest

from ingest.clean.base import CleanSettings
from ingest.clean.dates import partial_date
from ingest.errors import CleanError, FileRefusedError, MappingError
from ingest.mapping.compiler import wanted_types
from ingest.mapping.read import parse_mapping

HEAD = "mapping: 1\nsource: test\n"
MAPPING = """files:
  - match: "people*"
    entities:
      p: {type: Person, key: id, properties: {name: name}}
  - match: "links*"
    links:
      - type: ASSOCIATE_OF
        source: {types: [Person, Business], by: from_type, key: from}
        target: {types: [Person, Business], by: to_type, key: to}
"""


def test_end_by_column_waits_for_what_it_names(bench):
    folder = bench.folder / "set"
    folder.mkdir()
    (folder / "people.csv").write_text("id,name\n1,Ada Example\n", encoding="utf-8")
    (folder / "links.csv").write_text(
        "from_type,from,to_type,to\nPerson,1,Business,2\nPerson,1,Planet,3\nPerson,1,,3\nPerson,1,Person,\n", encoding="utf-8"
    )  # fmt: skip
    from ingest.pipeline import load

    summary = load(bench.workspace, "table", folder, mapping=bench.mapping(MAPPING), store=bench.store)
    assert (summary.loaded, summary.waiting, summary.quarantined) == (2, 1, 3)
    assert {row.reason for row in bench.refused()} == {
        "the type of what it names is none of Person, Business",
        "the reference of a link's end is empty",
    }


def test_end_by_column_needs_no_index_of_what_was_stated():
    assert wanted_types(parse_mapping("m", HEAD + MAPPING)) == frozenset()
    assert wanted_types(parse_mapping("m", HEAD + MAPPING.replace("by: from_type, ", ""))) == {
        "Person",
        "Business",
    }


def test_end_by_column_needs_types():
    with pytest.raises(MappingError, match="by says which of several types"):
        parse_mapping(
            "m", HEAD + MAPPING.replace("types: [Person, Business], by: to_type", "type: Person, by: to_type")
        )


def test_archive_limit_of_a_mapping(bench, people):
    with zipfile.ZipFile(bench.folder / "big.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("rows.csv", "ref,name,dob\n1,Ada Example,1980\n")
    from ingest.pipeline import load

    def mapping(limit: str):
        return bench.mapping(f"{HEAD}{limit}{people}")

    assert (
        load(
            bench.workspace,
            "table",
            bench.folder / "big.zip",
            mapping=mapping("unpack_gib: 3\n"),
            store=bench.store,
        ).loaded
        == 1
    )
    mapping_of = mapping("unpack_gib: 0\n")
    with pytest.raises(MappingError, match="unpack_gib"):
        load(bench.workspace, "table", bench.folder / "big.zip", mapping=mapping_of, store=bench.store)


def test_archive_limit_holds(bench, people, monkeypatch):
    from ingest.pipeline import load, plan
    from ingest.readers import ArchiveLimits

    seen: list[int] = []

    def limits(**words: int) -> ArchiveLimits:
        seen.append(words["total"])
        return ArchiveLimits(total=10)

    monkeypatch.setattr(plan, "ArchiveLimits", limits)
    with zipfile.ZipFile(bench.folder / "big.zip", "w") as archive:
        archive.writestr("rows.csv", "ref,name,dob\n1,Ada Example,1980\n")
    with pytest.raises(FileRefusedError):
        load(
            bench.workspace, "table", bench.folder / "big.zip", store=bench.store,
            mapping=bench.mapping(f"{HEAD}unpack_gib: 3\n{people}"),
        )  # fmt: skip
    assert seen == [3 << 30]


@pytest.mark.parametrize(
    ("text", "date"),
    [("Mar 25, 2015", "2015-03-25"), ("March 5 2015", "2015-03-05"), ("Sept. 1st, 2020", "2020-09-01")],
)
def test_dates_with_the_month_first(text, date):
    assert partial_date(CleanSettings())(text) == date


def test_dates_with_the_month_first_that_do_not_exist():
    with pytest.raises(CleanError):
        partial_date(CleanSettings())("Feb 30, 2015")
