"""``ocb ingest suggestions`` and ``ocb ingest package`` as a script calls them, with what the audit log then says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.main import main
from graphcore.workspace import Workspace

SAMPLE = Path(__file__).resolve().parents[3] / "ingest/sources/intelligence_reports/sample/reports.json"


@pytest.fixture
def force(tmp_path: Path) -> Path:
    folder = tmp_path / "northmere"
    folder.mkdir()
    (folder / "settings.yaml").write_text(
        "operator:\n  organisation: Northmere Constabulary\n", encoding="utf-8"
    )
    return folder


def run(capsys: pytest.CaptureFixture[str], folder: Path, *line: str) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as ended:
        main(["--workspace", str(folder), "ingest", *line, "--json"])
    return int(ended.value.code or 0), json.loads(capsys.readouterr().out)


def loaded(capsys: pytest.CaptureFixture[str], folder: Path, path: Path = SAMPLE) -> tuple[int, dict]:
    return run(capsys, folder, "load", "--source", "intelligence_reports", str(path))


def export(capsys: pytest.CaptureFixture[str], folder: Path, out: Path, *more: str) -> tuple[int, dict]:
    words = [
        "--report",
        "IR-24-0007",
        "--to",
        "Eastholm Police",
        "--gateway",
        "DPA 2018 s.31",
        "--out",
        str(out),
    ]
    return run(capsys, folder, "package", "export", *words, *more)


def test_package_goes_from_one_workspace_to_another_and_is_logged(
    force: Path, tmp_path: Path, capsys
) -> None:
    assert loaded(capsys, force)[0] == 0
    out, there = tmp_path / "r.package", tmp_path / "eastholm"
    code, answer = export(capsys, force, out, "--authorised-by", "DI 77")
    assert (code, len(answer["items"]), answer["held_back"]) == (0, 3, [])
    assert export(capsys, force, out)[0] == 1  # the file is there
    code, answer = loaded(capsys, there, out)
    assert code == 1
    assert "trusts the key" in answer["error"]
    key = run(capsys, force, "package", "key")[1]["public_key"]
    assert run(capsys, there, "package", "trust", key, "--force", "Northmere Constabulary")[0] == 0
    code, answer = loaded(capsys, there, out)
    assert (code, answer["quarantined"]) == (0, 0)
    assert answer["loaded"] > 0
    with Workspace.open(force) as workspace:
        rows = [
            row.event
            for row in workspace.audit.rows(limit=100)
            if row.event.action == "ingest.package.export"
        ]
    intent = rows[0]
    assert str(intent.operation) == "disclosure"
    assert tuple(intent.recipients) == ("Eastholm Police",)


def test_package_without_authority_says_what_stays(force: Path, tmp_path: Path, capsys) -> None:
    loaded(capsys, force)
    code, answer = export(capsys, force, tmp_path / "r.package")
    assert (code, len(answer["items"])) == (0, 2)
    assert "authorised" in answer["held_back"][0]["reason"]
    line = ["--report", "IR-99", "--to", "E", "--gateway", "g", "--out", str(tmp_path / "x.package")]
    code, answer = run(capsys, force, "package", "export", *line)
    assert code == 1
    assert "no such report" in answer["error"]
    assert not (tmp_path / "x.package").exists()


def test_suggestions_are_listed_accepted_and_rejected(force: Path, capsys) -> None:
    loaded(capsys, force)
    found = run(capsys, force, "suggestions", "list")[1]["suggestions"]
    assert {one["state"] for one in found} == {"open"}
    first, second = found[0]["suggestion_id"], found[1]["suggestion_id"]
    code, answer = run(capsys, force, "suggestions", "accept", first, "--type", "Person", "--why", "known")
    assert (code, answer["state"]) == (0, "accepted")
    assert run(capsys, force, "suggestions", "accept", first, "--type", "Person")[0] == 1
    assert run(capsys, force, "suggestions", "accept", second)[0] == 1  # neither type nor entity
    assert run(capsys, force, "suggestions", "reject", second)[1]["state"] == "rejected"
    assert run(capsys, force, "suggestions", "list", "--state", "never")[0] == 1
    states = [
        one["state"] for one in run(capsys, force, "suggestions", "list", "--state", "any")[1]["suggestions"]
    ]
    assert sorted(set(states)) == ["accepted", "open", "rejected"]
