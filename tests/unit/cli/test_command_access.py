"""``ocb access``: what is given counts for reads at the command line too, and explanations name every rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api import world
from tests.unit.cli.test_command import run

SETTINGS = "operator: {organisation: Northshire, purpose: investigation, reason: test}\n"
OPERATION = ("--operation", "Larkspur", "--reason", "joint operation")


@pytest.fixture
def workspace(tmp_path: Path) -> tuple[str, dict]:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "settings.yaml").write_text(SETTINGS)
    return str(folder), world.build(folder)


def me(capsys: pytest.CaptureFixture[str]) -> str:
    import getpass

    return f"subject:local:{getpass.getuser()}"


def test_grant_opens_a_compartment_for_the_operation_and_ends(
    workspace: tuple[str, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = workspace
    at = ("--workspace", folder)

    def entities(*more: str) -> int:
        return run(capsys, *at, "graph", "stats", *more)[1]["entities"]

    assert entities(*OPERATION) == 7
    code, made = run(
        capsys, *at, *OPERATION, "access", "grant", me(capsys), "compartment:KESTREL", "--days", "2"
    )
    assert (code, made["state"], made["operation"], made["why"]) == (
        0,
        "standing",
        "Larkspur",
        "joint operation",
    )
    assert (entities(*OPERATION), entities()) == (8, 7)
    assert [one["id"] for one in run(capsys, *at, "access", "list")[1]["grants"]] == [made["id"]]
    code, ended = run(capsys, *at, "access", "revoke", made["id"], "--reason", "over")
    assert (code, ended["state"], ended["revoked_why"]) == (0, "revoked", "over")
    assert entities(*OPERATION) == 7
    assert run(capsys, *at, "access", "list")[1]["grants"] == []
    assert len(run(capsys, *at, "access", "list", "--all")[1]["grants"]) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("grant", "subject:ann", "compartment:KESTREL"), "--reason"),
        (("grant", "subject:ann", "compartment:KESTREL", "--reason", "x"), "--operation"),
        (("grant", "ann", "compartment:KESTREL", *OPERATION), "TO is KIND:NAME"),
        (("grant", "subject:ann", "KESTREL", *OPERATION), "OVER is KIND:NAME"),
        (("grant", "team:alone", "compartment:KESTREL", *OPERATION), "ORGANISATION/TEAM"),
        (("revoke", "none", "--reason", "x"), "no such grant"),
        (("explain", "nobody"), "no account of that name"),
        (("hold", "--reason", "x"), "name either records"),
        (("hold", "--source", "x", "--retention", "lost", "--reason", "x"), "none of current, review"),
    ],
)
def test_wrong_calls_say_what_is_wrong(
    workspace: tuple[str, dict],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    line: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.delenv("OCB_REASON")
    code, answer = run(capsys, "--workspace", workspace[0], "access", *line)
    assert code == 1
    assert told in answer["error"]


def test_explain_and_review_say_who_sees_what_and_why(
    workspace: tuple[str, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, uids = workspace
    at = ("--workspace", folder)
    run(capsys, *at, "account", "add", "ann", "--organisation", "Northshire")
    run(
        capsys, *at, "account", "add", "bo", "--organisation", "Portside", "--clearance", "OFFICIAL-SENSITIVE"
    )
    (row,) = run(capsys, *at, "access", "explain", "ann", "--uid", uids[world.DEV])[1]["labels"]
    assert (row["sees"], row["because of"]) == ("no", "clearance")
    (row,) = run(capsys, *at, "access", "explain", "bo", "--handling", "5x5x5 4", "--compartment", "X")[1][
        "labels"
    ]
    assert (row["sees"], row["because of"]) == ("no", "compartment, handling code")
    seen = run(capsys, *at, "access", "review")[1]["labels"]
    assert [(one["compartment"], one["seen_by"]) for one in seen] == [("", ["bo"])]
    assert run(capsys, *at, "access", "review", "--compartment", "KESTREL")[1]["labels"] == []


def test_rules_show_what_counts_and_a_wrong_file_stops_reading(
    workspace: tuple[str, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = workspace
    shown = run(capsys, "--workspace", folder, "access", "rules")[1]
    assert shown["name"] == "shipped"
    assert {"rule": "handling code", "case": "handling 5x5x5 4", "any": ["own record"]} in shown["rules"]
    assert "law enforcement" in shown["conditions"]
    (Path(folder) / "rules.yaml").write_text("version: 1\nname: x\nread: {}\n")
    code, answer = run(capsys, "--workspace", folder, "graph", "stats")
    assert code == 1
    assert "line 1: markings is missing" in answer["error"]


def test_a_source_on_hold_is_out_of_ordinary_work(
    workspace: tuple[str, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = workspace
    at = ("--workspace", folder)
    held = run(
        capsys,
        *at,
        "access",
        "hold",
        "--source",
        world.SOURCE,
        "--retention",
        "hold",
        "--reason",
        "legal hold",
    )
    assert held[1]["records"] == 18
    assert run(capsys, *at, "graph", "stats")[1]["entities"] == 0
    assert run(capsys, *at, "graph", "stats", "--purpose", "prosecution")[1]["entities"] == 7
    run(capsys, *at, "access", "hold", "--source", world.SOURCE, "--reason", "over")
    assert run(capsys, *at, "graph", "stats")[1]["entities"] == 7
