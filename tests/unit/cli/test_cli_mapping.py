"""``ocb ingest check`` and ``ocb ingest register`` as a script calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.test_command import run

MAPPING = """mapping: 1
source: calls
files:
  - entities:
      p: {type: Person, key: ref, properties: {name: name}}
expect:
  - rows: "ref,name\\nN1,Ada\\n"
    entities: {Person: 1}
    entity: {type: Person, key: N1, properties: {name: Ada}}
"""
REGISTER = """register: 1
why: first entry
sources:
  calls: {organisation: Northshire, handling: {scheme: 3x5x2, code: P}, marking: OFFICIAL-SENSITIVE, refresh_days: 1}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    return str(tmp_path / "ws")


def test_check_passes_and_needs_no_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(MAPPING)
    code, answer = run(capsys, "--workspace", str(tmp_path / "none"), "ingest", "check", str(path))
    assert (code, answer["passed"], answer["cases"], len(answer["rows"])) == (0, True, 1, 2)
    assert not (tmp_path / "none").exists()


def test_check_that_differs_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(MAPPING.replace("Person: 1", "Person: 2"))
    code, answer = run(capsys, "ingest", "check", str(path))
    assert (code, answer["passed"]) == (1, False)
    (row,) = [row for row in answer["rows"] if not row["passed"]]
    assert (row["line"], row["what"], row["expected"], row["got"]) == (8, "entities Person", "2", "1")


def test_check_of_a_wrong_mapping_and_of_a_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(MAPPING.replace("type: Person,", "type: Persn,"))
    code, answer = run(capsys, "ingest", "check", str(path))
    assert code == 1
    assert "line 5" in answer["error"]
    code, answer = run(capsys, "ingest", "check", "bank")
    assert (code, answer["passed"]) == (0, True)


def test_register_set_list_show_history_and_load(
    tmp_path: Path, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--workspace", workspace)
    mapping, rows, entries = tmp_path / "m.yaml", tmp_path / "rows.csv", tmp_path / "register.yaml"
    mapping.write_text(MAPPING)
    rows.write_text("ref,name\nN1,Ada\n")
    entries.write_text(REGISTER)
    load = (*at, "ingest", "load", "--source", "table", "--mapping", str(mapping), str(rows))
    code, answer = run(capsys, *load)
    assert code == 0
    assert any("not in the register" in text for text in answer["warnings"])
    assert run(capsys, *at, "ingest", "register", "set", str(entries)) == (
        0,
        {"sources": [{"source": "calls", "version": 1}]},
    )
    code, answer = run(capsys, *load)
    assert (answer["loaded"], answer["warnings"]) == (1, [])
    code, answer = run(capsys, *at, "ingest", "register", "list")
    (row,) = answer["sources"]
    assert (row["source"], row["overdue"], row["handling"]["code"]) == ("calls", False, "P")
    assert row["last_load"]
    entries.write_text(REGISTER.replace("code: P", "code: C"))
    assert run(capsys, *at, "ingest", "register", "set", str(entries), "--why", "reviewed")[0] == 0
    code, answer = run(capsys, *at, "ingest", "register", "show", "calls")
    assert (answer["version"], answer["why"], answer["handling"]["code"]) == (2, "reviewed", "C")
    code, answer = run(capsys, *at, "ingest", "register", "history", "calls")
    assert [(v["version"], v["handling"]["code"]) for v in answer["versions"]] == [(1, "P"), (2, "C")]
    assert answer["versions"][0]["changed_by"].startswith("local:")


def test_register_without_a_reason_or_out_of_the_compartment(
    tmp_path: Path, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = tmp_path / "register.yaml"
    entries.write_text(REGISTER.replace("why: first entry\n", ""))
    at = ("--workspace", workspace)
    code, answer = run(capsys, *at, "ingest", "register", "set", str(entries))
    assert code == 1
    assert "say why" in answer["error"]
    entries.write_text(REGISTER.replace("marking:", "compartment: OPAL, marking:"))
    code, answer = run(capsys, *at, "ingest", "register", "set", str(entries))
    assert code == 1
    assert "compartment" in answer["error"]
    assert run(capsys, *at, "ingest", "register", "list") == (0, {"sources": []})
    assert run(capsys, *at, "ingest", "register", "show", "calls")[0] == 1


def test_tables_for_people_name_what_differs_and_what_is_overdue(
    tmp_path: Path, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from api.cli.main import main

    path, entries = tmp_path / "m.yaml", tmp_path / "register.yaml"
    path.write_text(MAPPING.replace("Person: 1", "Person: 2"))
    entries.write_text(REGISTER)
    with pytest.raises(SystemExit) as ended:
        main(["ingest", "check", str(path)])
    printed = capsys.readouterr()
    assert ended.value.code == 1
    assert "FAIL" in printed.out
    assert "1 passed, 1 failed" in printed.err
    for words in (["set", str(entries)], ["list"], ["show", "calls"], ["history", "calls"]):
        with pytest.raises(SystemExit) as ended:
            main(["--workspace", workspace, "ingest", "register", *words])
        assert not ended.value.code
        assert "calls" in capsys.readouterr().out


PEOPLE = "Ref;Name;DOB;Mobile\nA1;Ada Example;13/04/1986;07700 900123\nA2;Bob Sample;01/02/1990;\n"


def test_preview_drafts_checks_loads_and_then_knows(
    tmp_path: Path, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--workspace", workspace)
    path, draft = tmp_path / "people.csv", tmp_path / "draft.yaml"
    path.write_text(PEOPLE)
    code, answer = run(capsys, *at, "ingest", "preview", str(path), "--draft", str(draft))
    assert (code, answer["chosen"], answer["rows"], answer["whole"]) == (0, "draft", 2, True)
    assert answer["entities"]["Person"] == {"new": 2, "same": 0, "more": 0, "changed": 0}
    assert run(capsys, "ingest", "check", str(draft))[0] == 0
    code, loaded = run(capsys, *at, "ingest", "load", "--source", "table", "--mapping", str(draft), str(path))
    assert (code, loaded["loaded"], loaded["quarantined"]) == (0, answer["records"], 0)
    path.write_text(PEOPLE.replace("Ada Example", "Ada Sample"))
    code, again = run(capsys, *at, "ingest", "preview", str(path), "--mapping", str(draft))
    assert again["entities"]["Person"] == {"new": 0, "same": 1, "more": 0, "changed": 1}
    assert again["changed"][0]["changes"][0]["old"] == ["Ada Example"]
    code, answer = run(capsys, *at, "ingest", "preview", str(path), "--draft", str(draft))
    assert code == 1
    assert "is there already" in answer["error"]


def test_preview_is_logged_and_shows_people_a_tree(
    tmp_path: Path, workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from api.cli.main import main

    path = tmp_path / "people.csv"
    path.write_text(PEOPLE.replace("Ada", "\x1b[31mAda"))
    with pytest.raises(SystemExit) as ended:
        main(["--workspace", workspace, "ingest", "preview", str(path), "--rows", "1"])
    printed = capsys.readouterr()
    assert not ended.value.code
    assert "USES_PHONE" in printed.out
    assert "\x1b[31mAda" not in printed.out
    assert "Nothing was loaded" in printed.err
    assert "a sample of 1 rows" in printed.err
    assert run(capsys, "--workspace", workspace, "audit", "verify")[0] == 0
    written = b"".join(file.read_bytes() for file in Path(workspace).rglob("*audit*") if file.is_file())
    assert b"ingest.preview" in written
