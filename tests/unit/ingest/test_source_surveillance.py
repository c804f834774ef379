"""Surveillance logs: the clock over midnight, late entries, subjects of the header, and damaged logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import IngestError
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow
from ingest.registry import SOURCES
from ingest.sources.surveillance.reader import open_rows

SAMPLE = Path(str(SOURCES["surveillance"].folder)) / "sample"
HEAD = "Log: L1\nDate: 06/03/2024\nMarking: OFFICIAL\nHandling: P\n"


def events(bench) -> dict[str, str]:
    return {
        e.properties["reference"][0]: e.properties["occurred_at"][0][:16]
        for e in bench.entities("Event")
        if e.kind == "surveillance"
    }


def put(bench, content: str | bytes):
    return bench.load_source("surveillance", bench.put("a-log.txt", content))


def test_surveillance_sample_loads_whole_and_once(bench):
    summary = bench.load_source("surveillance", SAMPLE)
    assert (summary.quarantined, summary.waiting, summary.files, summary.rows) == (0, 0, 4, 13)
    graph = bench.counts()
    assert bench.load_source("surveillance", SAMPLE).loaded == 0
    assert bench.counts() == graph


def test_surveillance_times_go_on_past_midnight(bench):
    bench.load_source("surveillance", SAMPLE)
    at = events(bench)
    assert [at[f"SL-24-03/{n}"] for n in (3, 4, 5, 6)] == [
        "2024-03-06T22:31", "2024-03-06T23:58", "2024-03-07T00:12", "2024-03-07T00:45",
    ]  # fmt: skip
    assert [at[f"SL-24-04/{n}"] for n in (1, 2)] == ["2024-03-07T09:15", "2024-03-07T14:05"]
    assert [at[f"SL-24-09/{n}"] for n in (1, 2)] == ["2024-03-09T23:50", "2024-03-10T00:20"]


def test_surveillance_late_entry_stays_on_its_day(bench):
    put(bench, HEAD + "14:05 one\n13:50 written late\n23:59 two\n00:01 three\n")
    assert list(events(bench).values()) == [
        "2024-03-06T14:05", "2024-03-06T13:50", "2024-03-06T23:59", "2024-03-07T00:01",
    ]  # fmt: skip


def test_surveillance_subjects_are_whom_the_header_says(bench):
    bench.load_source("surveillance", SAMPLE)
    people = {e.caption for e in bench.entities("Person")}
    assert people == {"Ben Marshbeck", "unknown male, red cap"}  # Mr Cy Invented is only suggested
    first = next(e for e in bench.entities("Event") if e.properties["reference"] == ("SL-24-03/2",))
    assert "silver Ford Focus, with Subject 2" in first.properties["note"][0]
    assert sum(link.type == "PARTY_TO" and link.target == first.uid for link in bench.links()) == 2


def test_surveillance_mentions_stand_under_the_entry(bench):
    bench.load_source("surveillance", SAMPLE)
    captions = {(e.type, e.caption) for e in bench.entities()}
    assert {
        ("Vehicle", "YY22XYZ"), ("Phone", "+447700900789"), ("Account", "12345678"), ("Account", "GB82WEST12345698765432"),
        ("OnlineIdentity", "ben@mail.example"), ("Business", "09999999"), ("Location", "LS1 2ZZ"),
    } <= captions  # fmt: skip
    from tests.unit.ingest.conftest import READER

    names = {s.label for s in bench.workspace.ledger.view(READER).suggestions()}
    assert {"Mr Cy Invented", "Marshbeck Motors Ltd", "Mill Lane", "Corvane Textiles"} <= names
    assert not names & {e.caption for e in bench.entities()}


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        (HEAD.replace("Marking: OFFICIAL\n", "") + "14:05 x y", "log.marking", "marking is empty"),
        (HEAD.replace("OFFICIAL", "SECRET") + "14:05 x y", "log.marking", "SECRET"),
        (HEAD.replace("Handling: P\n", "") + "14:05 x y", "log.handling", "handling code is empty"),
        (HEAD.replace("Handling: P", "Handling: 9") + "14:05 x y", "log.handling", "unknown handling code"),
        (HEAD + "Conditions: A9\n14:05 x y", "log.conditions", "unknown handling condition"),
        (HEAD.replace("Log: L1\n", "Team: 1\n") + "14:05 x y", "log.ref", "is empty"),
        (HEAD.replace("Date: 06/03/2024\n", "") + "14:05 x y", "log.date", "without a date"),
        (HEAD + "25:05 x y", "entry.time", "does not exist"),
        (HEAD + "13.05pm x y", "entry.time", "does not exist"),
        (HEAD + "nobody says when\n14:05 x y", "entry", "neither a word"),
        (HEAD.replace("06/03/2024", "31/03/2024") + "01:30 x y", "entry.at", "clocks went forward"),
    ],
)
def test_surveillance_damaged_log_is_refused_with_its_field(bench, content, field, reason):
    summary = put(bench, content)
    assert summary.quarantined == 1
    (row,) = bench.refused()
    assert row.field == field
    assert reason in row.reason
    if "SECRET" in content:
        assert row.original == "(withheld)"


def test_surveillance_wrong_date_is_refused_with_its_entries(bench):
    put(bench, HEAD.replace("06/03/2024", "31/02/2024") + "14:05 x y\n14:06 z")
    assert [row.field for row in bench.refused()] == ["log.date"] * 3


@pytest.mark.parametrize(
    "content",
    [
        "",
        "only words\n",
        b"\xff\xfe\x00bad",
        "Log: L1\n\x0014:05 x",
        "[1, 2]",
        '{"ref": "x"}',
        '{"entries": 7}',
        "{" * 2_000,
    ],
    ids=lambda text: repr(text[:10]),
)
def test_surveillance_file_that_is_no_log_is_refused_whole(bench, content):
    with pytest.raises(IngestError, match="Nothing of it was loaded"):
        put(bench, content)


@pytest.mark.parametrize(
    "entry",
    [
        7,
        None,
        {},
        {"time": "14:05"},
        {"time": 5, "text": "x"},
        {"time": "99:99", "text": "x"},
        {"time": "14:05", "text": " "},
    ],
)
def test_surveillance_json_entry_that_is_none_is_a_refused_row(bench, entry):
    log = {"ref": "L", "date": "2024-03-06", "marking": "OFFICIAL", "handling": "P", "entries": [entry, {"time": "14:06", "text": "x"}]}  # fmt: skip
    path = bench.put("a-log.json", json.dumps(log))
    summary = bench.load_source("surveillance", path)
    assert summary.quarantined == 1
    assert len(events(bench)) == 1


@settings(max_examples=200, deadline=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["Log: A", "Date: 1/2/2024", "14:05 x", "0:00", "2400 x", "9.5pm y", "text", "", "S1", "Subjects: S1=a;;S2", "\t", "Date:"])
             | st.text(max_size=30), max_size=30)
)  # fmt: skip
def test_surveillance_reader_answers_any_lines(tmp_path, lines):
    path = tmp_path / "x.txt"
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    try:
        rows = open_rows(path, "x.txt", FileWords.model_validate({"format": "surveillance"}))
    except IngestError:
        return
    once, again = list(rows.rows()), list(rows.rows())
    assert once == again
    assert len(once) == rows.total
    assert all(isinstance(row, BadRow) or set(row) == {"log", "entry"} for row in once)
