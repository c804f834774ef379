"""``ocb graph occurrences``: every call behind a link, with its file and row, written into the audit log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.main import main
from graphcore.workspace import Workspace

MAPPING = """
mapping: 1
source: supplier
files:
  - match: "*"
    entities:
      caller: {type: Phone, key: {column: a, clean: phone}, properties: {number: a}}
      called: {type: Phone, key: {column: b, clean: phone}, properties: {number: b}}
    links:
      - type: CALLS
        source: caller
        target: called
        original: row
        series: {at: start, values: {kind: type, duration_s: seconds}, total: [duration_s]}
"""
ROWS = (
    "a,b,start,type,seconds\n"
    "07700900001,07700900002,01/03/2026 09:31,voice,61\n"
    "07700900001,07700900002,01/03/2026 09:30,sms,\n"
    "07700900001,07700900002,01/03/2026 09:30,sms,\n"
)


def run(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([*line])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out if "--json" in line else printed.out + printed.err


@pytest.fixture
def loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """A workspace with one link of three rows, and the link."""
    (tmp_path / "calls.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    place = str(tmp_path / "ws")
    code, _ = run(
        capsys, "--workspace", place, "ingest", "load", "--source", "table", "--mapping", str(tmp_path / "map.yaml"),
        str(tmp_path / "calls.csv"), "--json",
    )  # fmt: skip
    assert code == 0
    _, out = run(capsys, "--workspace", place, "path", "+447700900001", "+447700900002", "--json")
    return place, json.loads(out)["paths"][0]["links"][0]["lid"]


def test_events_of_a_link_with_their_rows(
    loaded: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    place, lid = loaded
    code, out = run(capsys, "--workspace", place, "graph", "occurrences", lid, "--json")
    answer = json.loads(out)
    assert code == 0
    assert [(o["at"], o["values"], o["file"], o["row"]) for o in answer["occurrences"]] == [
        ("2026-03-01T09:30:00.000000Z", {"kind": "sms"}, "calls.csv", 2),
        ("2026-03-01T09:31:00.000000Z", {"kind": "voice", "duration_s": 61}, "calls.csv", 1),
    ]
    assert answer["occurrences"][1]["original"]["start"] == "01/03/2026 09:31"
    assert answer["more"] is False


def test_the_table_names_file_and_row(loaded: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    place, lid = loaded
    code, out = run(capsys, "--workspace", place, "graph", "occurrences", lid, "--limit", "1")
    assert code == 0
    assert "2026-03-01 09:30:00" in out
    assert "there are more" in out


def test_an_unknown_link_is_an_error(loaded: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    place, _ = loaded
    code, _ = run(capsys, "--workspace", place, "graph", "occurrences", "nothing", "--json")
    assert code != 0


def test_reading_events_stands_in_the_audit_log(
    loaded: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    place, lid = loaded
    run(capsys, "--workspace", place, "graph", "occurrences", lid, "--json")
    with Workspace.open(Path(place)) as workspace:
        actions = [row.event.action for row in workspace.audit.rows()]
    assert "link.occurrences" in actions
