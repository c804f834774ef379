"""The columnar reading is held to the row reading: whatever a file holds, the ledger is the same, cell by cell."""

from __future__ import annotations

import shutil
import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcore.evidence.ledger.series_blocks import decode
from graphcore.workspace import LEDGER, Workspace
from ingest.errors import IngestError
from ingest.pipeline import load
from ingest.pipeline import reading as pipeline_reading
from tests.unit.ledger.ledger_kit import noon

HEADER = "a,b,start,ref,type,seconds,cell,grade"
MAPPING = """
mapping: 1
source: test
lookups:
  kinds: {voice: voice, sms: text}
files:
  - match: "*"
    required: [a]
    may_lack: [nothing]
    when: {column: type, is_not: skip}
    entities:
      caller: {type: Phone, key: {column: a, clean: phone}, properties: {number: a}}
      called: {type: Phone, key: {column: b, clean: phone}, optional: true, properties: {number: b}}
      cell:
        type: Location
        kind: cell_site
        key: cell
        when: {column: cell, empty: false}
        properties: {name: {column: cell, on_error: omit}, postcode: {column: ref, on_error: omit}}
      odd:
        type: Event
        kind: other
        key: {join: [a, start], with: " "}
        original: row
        when: {column: b, empty: true}
        properties: {title: {const: no other end}, occurred_at: start}
    links:
      - type: CALLS
        source: caller
        target: called
        original: row
        grading: {scheme: 3x5x2, code: grade}
        properties: {imei: nothing}
        series:
          at: start
          reference: ref
          values: {kind: {column: type, lookup: kinds, default: other}, duration_s: seconds, cell: cell, both: {join: [ref, cell]}}
          total: [duration_s]
      - {type: PARTY_TO, source: caller, target: odd, properties: {role: {const: caller}}}
      - type: SEEN_AT
        source: [caller, called]
        target: cell
        marking: {const: OFFICIAL-SENSITIVE}
        series: {at: {column: start, clean: timestamp_utc}, values: {kind: type}}
"""
_NUMBERS = [
    "07700900001",
    "+44 7700 900001",
    "07700900002",
    "07700900003",
    "7700900001",
    "4.47E+11",
    "",
    " 07700900002 ",
]
_TIMES = [
    "01/03/2026 09:30:00", "01/03/2026 09:30", "2026-03-01 09:30:00", "2026-03-01T09:30:00Z", "29/03/2026 01:30:00",
    "25/10/2026 01:30:00", "25/10/2026 02:30", "31/02/2026 10:00:00", "1/3/2026 9:30", "20260301 0930", "", "soon",
    "01-03-2026 09:30:00", "01.03.2026 09:30", "2026-03-01 24:00", "0999-03-01 10:00", "01/03/2026 9:30 pm", " 01/03/2026 09:30",
    "2026-03-01 09:30:00.5", "01/03/2026",
]  # fmt: skip
_CELL = st.text("ab'= \u00a0\u00e9\u00c3\u00a9\u200b\x1f\x85", max_size=4)
_ROW = st.tuples(
    st.sampled_from(_NUMBERS), st.sampled_from(_NUMBERS), st.sampled_from(_TIMES),
    st.sampled_from(["", "R1", "R2", "R 3", "M1 1AA", "'R4", "R\u00e95"]), st.sampled_from(["voice", "sms", "skip", "", "mms"]),
    st.sampled_from(["", "1", "61", "1,000", "x", "6.1E+3", "-5"]), st.one_of(st.sampled_from(["", "C1", "C2"]), _CELL),
    st.sampled_from(["", "2B", "1A", "9Z"]),
)  # fmt: skip
_LINE = st.one_of(
    _ROW.map(",".join),
    _ROW.map(lambda row: ",".join(f'"{cell}"' for cell in row)),
    st.sampled_from(
        ["", "a,b", "07700900001,07700900002,01/03/2026 09:30,R,voice,1,C1,2B,more", "\x00,,,,,,,", " "]
    ),
)


def _dump(folder: Path) -> dict[str, list[Any]]:
    """Every row of the ledger's tables; blocks as their columns."""
    connection = sqlite3.connect(folder / LEDGER)
    labels = {row[0]: row[1:] for row in connection.execute("SELECT * FROM label")}
    found: dict[str, list[Any]] = {}
    for name in (
        "record",
        "origin",
        "link_origin",
        "quarantine",
        "batch",
        "batch_label",
        "waiting",
        "series_part",
    ):
        rows = connection.execute(f"SELECT * FROM {name}")
        names = [column[0] for column in rows.description]
        said = [dict(zip(names, row, strict=True)) for row in rows]
        # labels are numbered as they are first written: what they say counts
        found[name] = sorted(repr({**row, "label": labels.get(row.get("label"))}) for row in said)
    bodies = connection.execute("SELECT body FROM series_block ORDER BY number").fetchall()
    spans = connection.execute("SELECT first, last FROM said").fetchall()
    found["said"] = sorted({number for first, last in spans for number in range(first, last + 1)})
    found["occurrences"] = [decode(body).to_pydict() for (body,) in bodies]
    connection.close()
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with nothing in it: making one takes longer than a small load."""
    folder = tmp_path_factory.mktemp("empty")
    with Workspace.open(folder, clock=noon) as workspace:
        workspace.store().prepare()
    return folder


def _loaded(empty: Path, place: Path, content: bytes, mapping: str | None, rows: int | None) -> Any:
    """What a load says and leaves; ``rows``: of a block of columns, None: row by row."""
    shutil.copytree(empty, place / "w")
    path, words = place / "calls.csv", place / "mapping.yaml"
    path.write_bytes(content)
    words.write_text(mapping or "", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, Workspace.open(place / "w", clock=noon) as workspace:
        patch.setattr("ingest.pipeline.run.BATCH_RECORDS", 3)
        patch.setattr("ingest.pipeline.spill.PART_ROWS", 7)
        if rows is None:
            patch.setattr(pipeline_reading, "columnar", lambda *_: None)
        else:
            patch.setattr("ingest.pipeline.columnar_read.BLOCK_ROWS", rows)
            patch.setattr("ingest.pipeline.columnar_read.BLOCK_BYTES", 40 * rows)
            patch.setattr("ingest.readers.plain.PIECE", 50)
        try:
            source = "table" if mapping else "call_records"
            summary: Any = load(workspace, source, path, mapping=words if mapping else None)
        except IngestError as error:
            summary = str(error)
        return summary, workspace.store().fingerprint(), _dump(place / "w")


def _same(empty: Path, folder: Path, content: bytes, mapping: str | None, rows: int = 4) -> None:
    columns = _loaded(empty, folder / "columns", content, mapping, rows)
    by_row = _loaded(empty, folder / "rows", content, mapping, None)
    for name, table in by_row[2].items():
        assert columns[2][name] == table, name
    assert columns[:2] == by_row[:2]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(_LINE, max_size=14), end=st.sampled_from(["\n", "\r\n"]), rows=st.integers(1, 6))
def test_both_ways_of_reading_leave_the_same_ledger(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, rows: int
) -> None:
    content = end.join([HEADER, *lines]).encode()
    _same(empty, tmp_path_factory.mktemp("same"), content, MAPPING, rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_both_ways_know_the_encodings(empty: Path, tmp_path: Path, encoding: str) -> None:
    text = HEADER + '\n07700900001,07700900002,01/03/2026 09:30,R\u00e9,voice,1,"C\n1",2B\n'
    _same(empty, tmp_path, text.encode(encoding), MAPPING)


def test_both_ways_refuse_an_unclosed_quote(empty: Path, tmp_path: Path) -> None:
    text = HEADER + '\n07700900001,07700900002,01/03/2026 09:30,R,voice,1,"C1,2B\n'
    _same(empty, tmp_path, text.encode(), MAPPING)


VARIANTS = files("ingest.sources.call_records") / "variants"


@pytest.mark.parametrize("rows", [2, 1_000])
@pytest.mark.parametrize(
    ("name", "sample"),
    [("", "calls.csv"), *((name, f"{name}.csv") for name in ("cadence", "halewick", "landline_bill", "meridian", "northlink")),
     ("ostara", "ostara.tsv"), ("brackwater", "brackwater/bw_voice.csv")],
)  # fmt: skip
def test_both_ways_read_call_records_alike(
    empty: Path, tmp_path: Path, name: str, sample: str, rows: int
) -> None:
    folder = VARIANTS if name else files("ingest.sources.call_records")
    words = (
        (VARIANTS / f"{name}.yaml").read_text(encoding="utf-8").replace('match: "bw_voice*"', 'match: "*"')
        if name
        else None
    )
    _same(empty, tmp_path, (folder / "sample" / sample).read_bytes(), words, rows)
