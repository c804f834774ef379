"""The command as a script calls it: one JSON object, exit codes, options anywhere, and nothing without a workspace."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from api.cli.main import MODULES, build, hoist, main
from api.cli.output import plain

SAMPLES = Path(__file__).resolve().parents[3] / "ingest" / "sources"


def run(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, dict]:
    """Exit code and the one JSON object of a call."""
    with pytest.raises(SystemExit) as ended:
        main([*line, "--json"])
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1, f"more than one object: {printed[:500]}"
    return int(ended.value.code or 0), json.loads(printed)


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    return str(tmp_path / "ws")


@pytest.fixture
def loaded(workspace: str, capsys: pytest.CaptureFixture[str]) -> str:
    code, answer = run(
        capsys,
        "--workspace",
        workspace,
        "ingest",
        "load",
        "--source",
        "companies_house",
        str(SAMPLES / "companies_house" / "sample"),
    )
    assert code == 0, answer
    assert answer["loaded"] > 0
    return workspace


def test_options_may_stand_anywhere() -> None:
    line = ["graph", "stats", "--json", "--store", "neo4j", "--workspace=/x", "--", "--json"]
    assert hoist(line) == (
        ["--json", "--store", "neo4j", "--workspace=/x"],
        ["graph", "stats", "--", "--json"],
    )


@pytest.mark.parametrize("command", sorted(MODULES))
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert (ended.value.code or 0) == 0
    assert command in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    assert [name for name in MODULES if f" {name} " not in printed] == []
    assert build("graph").registered_groups


def test_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (["--version"], ["--json", "--version"]):
        with pytest.raises(SystemExit) as ended:
            main(line)
        assert ended.value.code == 0
    shown, told = capsys.readouterr().out.splitlines()
    assert shown == f"ocb {version('ocb-graph')}"
    assert json.loads(told) == {"version": version("ocb-graph")}


def test_loading_counts_records_and_adds_nothing_twice(
    loaded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, again = run(
        capsys,
        "--workspace",
        loaded,
        "ingest",
        "load",
        "--source",
        "companies_house",
        str(SAMPLES / "companies_house" / "sample"),
    )
    assert code == 0
    assert again["loaded"] == 0
    assert again["read"] == again["unchanged"] + again["quarantined"]
    assert {"read", "loaded", "unchanged", "quarantined", "waiting"} <= set(again)


def test_stats_search_rank_path_chart_report(
    loaded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, stats = run(capsys, "--workspace", loaded, "graph", "stats")
    assert code == 0
    assert stats["entities"] == sum(stats["by_type"].values()) > 0
    assert stats["links"] == sum(stats["links_by_type"].values()) > 0

    code, ranking = run(
        capsys, "--workspace", loaded, "rank", "degree", "--link", "REGISTERED_AT", "--top", "5"
    )
    assert code == 0
    business = next(row for row in ranking["entries"] if row["type"] == "Business")

    code, found = run(capsys, "--workspace", loaded, "search", business["caption"])
    assert code == 0
    assert business["uid"] in [hit["uid"] for hit in found["hits"]]

    location = next(row for row in ranking["entries"] if row["type"] == "Location")
    code, paths = run(capsys, "--workspace", loaded, "path", business["uid"], location["uid"])
    assert code == 0
    assert isinstance(paths["paths"], list)

    out = tmp_path / "chart.html"
    code, chart = run(capsys, "--workspace", loaded, "chart", business["uid"], "--out", str(out))
    assert code == 0
    assert chart["entities"] >= 2
    assert "<html" in out.read_text(encoding="utf-8").lower()

    out = tmp_path / "report.html"
    code, report = run(
        capsys, "--workspace", loaded, "report", "business", business["uid"], "--out", str(out)
    )
    assert code == 0
    assert report["uid"] == business["uid"]
    assert "OFFICIAL" in out.read_text(encoding="utf-8")


def test_rebuild_gives_the_same_graph(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, before = run(capsys, "--workspace", loaded, "graph", "fingerprint")
    code, after = run(capsys, "--workspace", loaded, "graph", "rebuild")
    assert code == 0
    assert after["fingerprint"] == before["fingerprint"]


def test_identity_runs_and_is_undone(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, before = run(capsys, "--workspace", loaded, "graph", "fingerprint")
    code, done = run(capsys, "--workspace", loaded, "identity", "run")
    assert code == 0
    if done["judgements"]:
        assert run(capsys, "--workspace", loaded, "identity", "undo", done["run"])[0] == 0
    assert (
        run(capsys, "--workspace", loaded, "graph", "fingerprint")[1]["fingerprint"] == before["fingerprint"]
    )


def test_every_read_is_in_the_audit_log(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, before = run(capsys, "--workspace", loaded, "audit", "verify")
    run(capsys, "--workspace", loaded, "graph", "stats")
    code, after = run(capsys, "--workspace", loaded, "audit", "verify")
    assert code == 0
    assert after["ok"]
    assert after["rows"] == before["rows"] + 4, "an intent and an outcome, and those of the proof itself"


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (("graph", "stats"), 1, "no workspace"),
        (("search",), 2, "TEXT"),
        (("nonsense",), 2, "nonsense"),
        (("ingest", "load", "--source", "nowhere", "x.csv"), 1, "nowhere"),
        (("--store", "elsewhere", "graph", "stats"), 2, "elsewhere"),
        (("neo4j", "status"), 3, None),
    ],
)
def test_faults_end_with_a_code_and_one_object(workspace: str, line, code: int, says, capsys) -> None:
    got, answer = run(capsys, "--workspace", workspace, *line)
    assert got == code
    if says is not None:
        assert says.lower() in answer["error"].lower()


def test_a_wrong_purpose_is_refused(loaded: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = run(capsys, "--workspace", loaded, "--purpose", "curiosity", "graph", "stats")
    assert code == 1
    assert "--purpose" in answer["error"]


def test_the_terminal_obeys_no_name() -> None:
    assert plain("a\x1b]0;x\x07b\u202ec\u200b") == "a\\u{1b}]0;x\\u{7}b\\u{202e}c\\u{200b}"
    assert plain("Zoë Łódź 李") == "Zoë Łódź 李"


def test_refused_rows_are_listed_once_under_audit(workspace: str, tmp_path: Path, capsys) -> None:
    source = SAMPLES / "call_records" / "sample" / "calls.csv"
    damaged = tmp_path / "calls.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    damaged.write_text(
        "\n".join([*lines, lines[1].replace(lines[1].split(",")[1], "4.47E+11")]), encoding="utf-8"
    )
    load = ("--workspace", workspace, "ingest", "load", "--source", "call_records", str(damaged))
    first = run(capsys, *load)[1]
    assert first["quarantined"] == run(capsys, *load)[1]["quarantined"] > 0
    before = run(capsys, "--workspace", workspace, "audit", "verify")[1]["rows"]
    code, listed = run(capsys, "--workspace", workspace, "ingest", "quarantine")
    assert code == 0
    assert len(listed["rows"]) == first["quarantined"]
    assert run(capsys, "--workspace", workspace, "audit", "verify")[1]["rows"] == before + 4
