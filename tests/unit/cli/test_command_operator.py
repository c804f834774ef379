"""Who asks on the command line, and why: a purpose that is given or written down, and never made up."""

from __future__ import annotations

import getpass
import os
import pwd
from pathlib import Path

import pytest

from api.auth import AuthService, NewAccount, Role
from api.cli.main import main
from api.cli.output import table
from graphcore.access import Marking
from graphcore.audit.log import utc_now
from graphcore.workspace import Workspace
from tests.api import world
from tests.unit.cli.test_command import run

ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OCB_PURPOSE")
    monkeypatch.delenv("OCB_REASON")
    world.build(tmp_path)
    return tmp_path


def last(folder: Path) -> tuple[str, str, str]:
    with Workspace.open(folder) as workspace:
        event = workspace.audit.rows(0, 1_000)[-2].event
    return event.subject, event.purpose, event.reason


def test_no_purpose_no_answer_and_no_row(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in (
        (),
        ("--purpose", "detection"),
        ("--reason", "x"),
        ("--purpose", "detection", "--reason", " "),
    ):
        code, answer = run(capsys, "--workspace", str(folder), *more, "search", "tolliver")
        assert code == 1
        assert "say why" in answer["error"]
        assert "settings.yaml" in answer["error"]
    code, answer = run(
        capsys, "--workspace", str(folder), "--purpose", "system", "--reason", "x", "search", "a"
    )
    assert (code, "--purpose is not one of" in answer["error"]) == (1, True)
    with Workspace.open(folder) as workspace:
        assert workspace.audit.rows() == []


def test_purpose_of_the_call_and_of_the_environment(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("--workspace", str(folder))
    code, answer = run(capsys, *at, "--purpose", "detection", "--reason", "car washes", "search", "tolliver")
    assert (code, answer["total"]) == (0, 1)
    assert last(folder) == (f"local:{ME}", "detection", "car washes")
    monkeypatch.setenv("OCB_PURPOSE", "prevention")
    monkeypatch.setenv("OCB_REASON", "nightly job")
    assert run(capsys, *at, "search", "tolliver")[0] == 0
    assert last(folder) == (f"local:{ME}", "prevention", "nightly job")


def test_purpose_of_the_settings_is_said_aloud(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "settings.yaml").write_text(
        "operator: {purpose: investigation, reason: desk work, subject: desk}\n"
    )
    code, _ = run(capfd, "--workspace", str(folder), "search", "tolliver")
    assert code == 0
    assert last(folder) == ("desk", "investigation", "desk work")
    with pytest.raises(SystemExit):
        main(["--workspace", str(folder), "search", "tolliver"])
    assert "purpose from settings.yaml: investigation, desk work" in capfd.readouterr().err


def test_user_of_the_machine_reads_as_an_account(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace.open(folder) as workspace:
        auth = AuthService(folder, workspace.audit, utc_now)
        low = NewAccount("j.hargreaves", "Portside", frozenset({Role.READER}), Marking.OFFICIAL)
        auth.create_account(low, "correct horse battery", by="test")
        auth.close()
    asked = ("--workspace", str(folder), "--purpose", "detection", "--reason", "x", "search", "tolliver")
    (folder / "settings.yaml").write_text(f"users: {{{ME}: j.hargreaves}}\n")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert getpass.getuser() == "somebody-else"
    code, answer = run(capsys, *asked)
    assert (code, answer["total"]) == (0, 0), "cleared like the account, not like the operator"
    assert last(folder) == ("j.hargreaves", "detection", "x")
    for users in ("{somebody-else: j.hargreaves}", f"{{{ME}: nobody}}"):
        (folder / "settings.yaml").write_text(f"users: {users}\n")
        code, answer = run(capsys, *asked)
        assert (code, "no open account" in answer["error"]) == (1, True)


def test_account_commands_need_no_purpose(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = run(capsys, "--workspace", str(folder), "account", "add", "x", "--organisation", "N")
    assert (code, answer["name"]) == (0, "x")


@pytest.mark.catalogue("I18")
def test_terminal_escapes_are_shown(capfd: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\r\nname\u202e\u200b\u2028"
    table(hostile, (hostile[:9],), [(hostile,)])
    printed = capfd.readouterr().out
    assert "\x1b]" not in printed
    assert "\x1b[2J" not in printed
    assert not set("\x07\r\u202e\u200b\u2028") & set(printed)
    assert "\\u{1b}]0;owned" in printed
