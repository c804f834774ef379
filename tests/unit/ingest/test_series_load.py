"""Mappings with ``series``: rows of one pair become one record of the file, and every row is kept as an occurrence."""

from __future__ import annotations

import re

import pytest

from graphcore.store.query import ExportQuery
from ingest.errors import MappingError
from tests.unit.ingest.conftest import READER, Bench

CALLS = """
files:
  - match: "*"
    required: [a, b]
    entities:
      caller: {type: Phone, key: {column: a, clean: phone}, properties: {number: a}}
      called: {type: Phone, key: {column: b, clean: phone}, properties: {number: b}}
    links:
      - type: CALLS
        source: caller
        target: called
        original: row
        series: {at: start, reference: ref, values: {kind: type, duration_s: seconds, cell: cell}, total: [duration_s]}
"""
ROWS = """a,b,start,ref,type,seconds,cell
07700900001,07700900002,01/03/2026 09:30:00,R1,voice,61,C1
+447700900001,07700900002,2026-03-01 09:31:00,R2,sms,,C2
07700900002,07700900001,01/07/2026 10:00,R3,voice,5,
07700900001,07700900002,01/03/2026 09:00:00,R4,voice,9,C1
07700900001,7700900002,01/03/2026 09:00:00,R5,voice,9,C1
07700900001,07700900002,29/03/2026 01:30:00,R6,voice,9,C1
07700900001,07700900002,,R7,voice,9,C1
07700900001,07700900002,01/03/2026 08:00:00,R8,voice,x,C1
07700900001,07700900002
"""


def test_rows_of_a_pair_are_one_record_and_every_row_is_kept(bench: Bench) -> None:
    found = bench.load(ROWS, CALLS)
    assert found.counts() == {"read": 17, "loaded": 9, "unchanged": 3, "quarantined": 5, "waiting": 0}
    ledger = bench.workspace.ledger
    assert {row.row: (row.field, row.reason) for row in ledger.quarantine()} == {
        5: (
            "b",
            "damaged number: the first zero is missing; get the original file or format the column as text",
        ),
        6: ("start", "this time does not exist in Europe/London: the clocks went forward over it"),
        7: ("start", "is empty, and an occurrence needs its time"),
        8: ("seconds", "not a whole number"),
        9: ("(row)", "2 fields where the header has 7"),
    }
    states = ledger.link_states([*ledger.all_lids()])
    there = next(s for s in states if s.assertions[0].properties["occurrences"] == (3,))
    assert dict(there.assertions[0].properties) == {
        "occurrences": (3,), "first_at": ("2026-03-01T09:00:00.000000Z",), "last_at": ("2026-03-01T09:31:00.000000Z",),
        "duration_s": (70,),
    }  # fmt: skip
    seen = ledger.view(READER).occurrences(there.lid)
    assert [(o.row, o.reference, dict(o.values)) for o in seen] == [
        (4, "R4", {"kind": "voice", "duration_s": 9, "cell": "C1"}),
        (1, "R1", {"kind": "voice", "duration_s": 61, "cell": "C1"}),
        (2, "R2", {"kind": "sms", "cell": "C2"}),
    ]
    assert seen[2].original == {
        "a": "+447700900001", "b": "07700900002", "start": "2026-03-01 09:31:00", "ref": "R2", "type": "sms", "cell": "C2",
    }  # fmt: skip
    assert seen[0].file == "rows.csv"


def test_the_graph_shows_the_sums_of_a_series(bench: Bench) -> None:
    bench.load(ROWS, CALLS)
    bench.load(ROWS, CALLS.replace("files:", "mapping: 1\nsource: other\nfiles:", 1).lstrip())
    view = bench.workspace.store().view(READER)
    arrays = view.export(ExportQuery())
    assert sorted(arrays.amount.tolist()) == [5.0, 5.0, 70.0, 70.0]
    assert sorted(arrays.records.tolist()) == [1, 1, 3, 3]


def test_a_load_of_the_same_file_adds_nothing(bench: Bench) -> None:
    first = bench.load(ROWS, CALLS)
    again = bench.load(ROWS, CALLS)
    assert again.counts() == {**first.counts(), "loaded": 0, "unchanged": 12}


def test_a_link_may_be_a_series_in_json_too(bench: Bench) -> None:
    mapping = CALLS.replace('match: "*"', 'match: "*"\n    format: jsonl').replace(
        "seconds, cell: cell", "more.seconds"
    )
    rows = (
        '{"a": "07700900001", "b": "07700900002", "start": "2026-03-01 09:30", "more": {"seconds": 61}, "x": [1, {"y": 2}]}\n'
        '{"a": "07700900001", "b": "07700900002", "start": "2026-03-01 09:31"}\n'
    )
    bench.load(rows, mapping, name="rows.jsonl")
    ledger = bench.workspace.ledger
    (state,) = ledger.link_states([*ledger.all_lids()])
    assert state.assertions[0].properties["occurrences"] == (2,)
    assert ledger.view(READER).occurrences(state.lid)[0].original == {
        "a": "07700900001", "b": "07700900002", "start": "2026-03-01 09:30", "more.seconds": 61, "x.0": 1, "x.1.y": 2,
    }  # fmt: skip


def test_a_series_ends_with_its_last_occurrence(bench: Bench) -> None:
    mapping = CALLS.replace("at: start,", "at: start, until: end,")
    rows = (
        "a,b,start,end,ref,type,seconds,cell\n"
        "07700900001,07700900002,01/03/2026 09:30,01/03/2026 09:45,R1,voice,,\n"
        "07700900001,07700900002,01/03/2026 09:40,,R2,voice,,\n"
        "07700900001,07700900002,01/03/2026 09:40,01/03/2026 09:39,R3,voice,,\n"
    )
    assert bench.load(rows, mapping).quarantined == 1
    ledger = bench.workspace.ledger
    (refused,) = ledger.quarantine()
    assert (refused.row, refused.field, refused.reason) == (3, "start+end", "ends before it starts")
    (state,) = ledger.link_states([*ledger.all_lids()])
    assert state.assertions[0].valid_to == "2026-03-01T09:45:00.000000Z"
    assert state.assertions[0].properties["last_at"] == ("2026-03-01T09:40:00.000000Z",)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("type: CALLS", "type: USES_PHONE", "USES_PHONE has no property occurrences or first_at or last_at"),
        ("total: [duration_s]", "total: [cell]", "'cell' is no whole-number property of CALLS"),
        ("total: [duration_s]", "total: [nothing]", "'nothing' is not among the values"),
        ("original: row", "valid_from: start", "a series gives the link its times"),
        ("original: row", "properties: {duration_s: seconds}", "whole numbers of a series are added up"),
        ("at: start,", "", "series.at: is missing"),
        ("seconds,", "{column: seconds, clean: name},", "name does not give a integer"),
        ("seconds,", "{column: seconds, split: ';'},", "takes one value, not a list"),
    ],
)  # fmt: skip
def test_faults_of_a_series_are_named(bench: Bench, old: str, new: str, fault: str) -> None:
    with pytest.raises(MappingError, match=re.escape(fault)):
        bench.load(ROWS, CALLS.replace(old, new))
