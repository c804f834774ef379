"""The example in ingest/README.md is what it says."""

from __future__ import annotations

import re
from pathlib import Path

import ingest
from ingest.clean import CLEANERS

README = Path(ingest.__file__).parent / "README.md"


def example(name: str) -> str:
    found = re.search(
        rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```",
        README.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert found, name
    return found[1]


def test_readme_example_loads_as_described(bench):
    mapping = bench.put("people.yaml", example("people.yaml"))
    path = bench.put("people.csv", example("people.csv"))
    summary = bench.load_source("table", path, mapping=mapping)
    assert summary.counts() == {"read": 10, "loaded": 9, "unchanged": 0, "quarantined": 1, "waiting": 0}
    people = bench.entities("Person")
    assert [person.caption for person in people] == ["Ada Example", "Bob Sample"]
    assert people[0].properties["birth_date"] == ("1986-04-03",)
    assert people[0].properties["alias"] == ("Addie", "A. Example")
    assert people[0].properties["address"] == ("1 High Street",)
    assert people[1].properties["birth_date"] == ("1979-11",)
    assert [phone.caption for phone in bench.entities("Phone")] == ["+447700900123", "+447700900456"]
    assert [link.type for link in bench.links()] == ["ASSOCIATE_OF", "KEEPER_OF", "USES_PHONE", "USES_PHONE"]
    refused = bench.refused()
    assert [(row.file, row.row, row.field) for row in refused] == [("people.csv", 3, "mobile")]
    assert "damaged number" in refused[0].reason


def test_readme_names_every_cleaner():
    text = README.read_text(encoding="utf-8")
    hidden = {"span_start", "span_end"}  # used for valid_from and valid_to, not by name
    assert [name for name in CLEANERS if name not in hidden and f"`{name}`" not in text] == []
