"""``ocb lexicon`` and ``ocb search --expand`` as a script calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.main import main

SAMPLES = Path(__file__).resolve().parents[3] / "ingest" / "sources"


def run(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as ended:
        main([*line, "--json"])
    return int(ended.value.code or 0), json.loads(capsys.readouterr().out)


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    return str(tmp_path / "ws")


def test_add_show_history_withdraw(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--workspace", workspace, "lexicon")
    code, answer = run(
        capsys, *at, "add", "drugs", "flapjack", "--word", "flapjack", "--variant", "flaps", "--why", "x"
    )
    assert (code, answer["version"], answer["changed"]) == (0, "1+1", 1)
    _, shown = run(capsys, *at, "show", "drugs")
    assert next(term for term in shown["terms"] if term["id"] == "flapjack")["variants"] == ["flaps"]
    code, answer = run(capsys, *at, "withdraw", "drugs", "cocaine", "--why", "y")
    assert (code, answer["version"]) == (0, "1+2")
    _, told = run(capsys, *at, "history")
    assert [(c["action"], c["term"]["id"], c["why"]) for c in told["changes"]] == [
        ("add", "flapjack", "x"),
        ("withdraw", "cocaine", "y"),
    ]
    _, before = run(capsys, *at, "list", "--version", "1")
    assert before["version"] == "1"
    code, wrong = run(capsys, *at, "add", "drugs", "zz", "--word", "smack", "--why", "x")
    assert code == 1
    assert "drugs.heroin" in wrong["error"]


def test_export_and_import_between_two_workspaces(
    workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "shared.yaml")
    run(
        capsys,
        "--workspace",
        workspace,
        "lexicon",
        "add",
        "local",
        "kestrel",
        "--word",
        "kestrel",
        "--why",
        "x",
    )
    _, sent = run(capsys, "--workspace", workspace, "lexicon", "export", "--out", out)
    other = str(tmp_path / "other")
    code, taken = run(capsys, "--workspace", other, "lexicon", "import", out, "--why", "from Northshire")
    assert (code, taken["changed"], taken["hash"]) == (0, 1, sent["hash"])
    _, told = run(capsys, "--workspace", other, "lexicon", "history")
    assert told["changes"][0]["why"].startswith("from Northshire (import of version 1+1, ")
    Path(out).write_bytes(b"\xff\xfe\x00")
    code, wrong = run(capsys, "--workspace", other, "lexicon", "import", out, "--why", "x")
    assert code == 1
    assert "UTF-8" in wrong["error"]


def test_a_search_is_widened_when_asked_and_says_by_what(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(SAMPLES / "bank" / "sample" / "accounts.csv")
    run(capsys, "--workspace", workspace, "ingest", "load", "--source", "bank", source)
    _, plain = run(capsys, "--workspace", workspace, "search", "--exact", "marshbeck valeting")
    _, wide = run(capsys, "--workspace", workspace, "search", "--exact", "--expand", "marshbeck valeting")
    assert (plain["total"], plain["added"]) == (0, [])
    assert wide["total"] > 0
    assert wide["added"][0]["typed"] == "valeting"
    assert "car wash" in wide["added"][0]["words"]
