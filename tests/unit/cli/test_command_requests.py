"""``ocb request``: what can be asked for, and requests from question to answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphcore.access import Pointer
from tests.api import world
from tests.api.test_api_requests import hold
from tests.unit.cli.test_command import run
from tests.unit.cli.test_command_access import SETTINGS


@pytest.fixture
def workspace(tmp_path: Path) -> tuple[str, dict]:
    folder = tmp_path / "ws"
    uids = world.build(folder)
    (folder / "settings.yaml").write_text(SETTINGS)
    hold(folder, [world.WASH], Pointer.CONTACT, hidden=True)
    return str(folder), uids


def test_a_request_from_pointer_to_answer(
    workspace: tuple[str, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, uids = workspace
    at, about = ("--workspace", folder), ("--uid", uids[world.WASH])
    (told,) = run(capsys, *at, "request", "find", *about)[1]["pointers"]
    assert (told["answers"], told["contact"]) == ("contact", "Northshire")
    code, made = run(capsys, *at, "request", "open", "What is it?", "--pointer", told["pointer"], *about)
    assert (code, made["state"], made["organisation"]) == (0, "open", "Northshire")
    assert run(capsys, *at, "request", "escalate", made["id"], "--reason", "late")[1]["state"] == "escalated"
    code, done = run(capsys, *at, "request", "answer", made["id"], "Call us.", "--gateway", "DPA 2018 Part 3")
    assert (code, done["state"], done["steps"][1]["gateway"]) == (0, "answered", "DPA 2018 Part 3")
    code, again = run(capsys, *at, "request", "refuse", made["id"], "--reason", "no")
    assert (code, again["error"]) == (1, "The request was answered before.")
    assert len(run(capsys, *at, "request", "list")[1]["requests"]) == 1
    assert run(capsys, *at, "request", "list", "--waiting")[1]["requests"] == []
    assert run(capsys, *at, "audit", "verify")[1]["ok"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("find",), "Ask about an id, or about a type"),
        (("open", "x", "--pointer", "none", "--uid", "none"), "no such pointer"),
        (("refuse", "none", "--reason", "x"), "no such request"),
        (("refuse", "none"), "--reason"),
        (("answer", "none", "x", "--gateway", " "), "legal gateway"),
        (("operation", "Alder"), "--reason"),
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
    code, answer = run(capsys, "--workspace", workspace[0], "request", *line)
    assert code == 1
    assert told in answer["error"]


def test_an_operation_is_opened_and_silenced(
    workspace: tuple[str, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--workspace", workspace[0])
    opened = run(capsys, *at, "request", "operation", "Alder", "--contact", "desk", "--reason", "test")
    assert opened[1] == {"operation": "Alder", "open": True, "contact": "desk"}
    assert (
        run(capsys, *at, "request", "operation", "Alder", "--silent", "--reason", "test")[1]["open"] is False
    )
