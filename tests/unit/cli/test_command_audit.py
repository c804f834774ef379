"""``ocb audit``, ``ocb graph check`` and ``ocb backup`` as a script calls them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from api.cli.main import main
from api.serve import only_server, require_whole
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask
from graphcore.errors import LedgerError
from graphcore.evidence.ledger import LedgerDamagedError
from graphcore.workspace import LEDGER, Workspace
from tests.api import world
from tests.unit.cli.test_command import run

Capture = pytest.CaptureFixture[str]
BOB = AccessContext(
    "bob", "Northshire", Marking.OFFICIAL, Purpose(PurposeCode.DETECTION, "a lead", "Larkspur")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ws"
    world.build(made)
    with Workspace.open(made) as workspace:
        entry = workspace.audit.begin(BOB, Ask("entity.read", {"q": "tolliver"}, entities=("e1",)))
        entry.done(count=2, shown=["e1", "vip"])
        entry.close()
    return made


def ask(capsys: Capture, folder: Path, *line: str) -> tuple[int, dict]:
    return run(capsys, "--workspace", str(folder), *line)


@pytest.mark.catalogue("U19")
def test_search_finds_rows_with_their_wording_and_is_in_the_log(folder: Path, capsys: Capture) -> None:
    code, found = ask(capsys, folder, "audit", "search", "--subject", "bob", "--asked", "TOLLIVER")
    assert code == 0
    assert [(row["phase"], row["question"], row["reference"]) for row in found["rows"]] == [
        ("intent", '{"q": "tolliver"}', "Larkspur")
    ]
    assert ask(capsys, folder, "audit", "search", "--entity", "vip")[1]["rows"][0]["phase"] == "outcome"
    assert ask(capsys, folder, "audit", "search", "--until", "2020-01-01")[1]["rows"] == []
    with Workspace.open(folder) as workspace:
        actions = [row.event.action for row in workspace.audit.rows() if row.event.phase == "intent"]
    assert actions == ["entity.read", *["audit.read"] * 3]


def test_export_writes_rows_and_the_signed_end_once(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "log.ndjson"
    assert ask(capsys, folder, "audit", "export", str(out), "--subject", "bob")[1]["rows"] == 2
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line.get("phase") for line in lines] == ["intent", "outcome", None]
    assert lines[-1]["checkpoint"]["signature"]
    assert out.stat().st_mode & 0o077 == 0
    assert ask(capsys, folder, "audit", "export", str(out))[0] == 1


@pytest.mark.catalogue("U12", "U13")
def test_verify_takes_copies_kept_elsewhere_and_says_what_is_wrong(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    code, told = ask(capsys, folder, "audit", "verify")
    assert (code, told["ok"], told["rows"]) == (0, True, 2)
    kept = tmp_path / "kept"
    kept.write_text(json.dumps(told["checkpoint"]))
    assert ask(capsys, folder, "audit", "verify", "--checkpoint", str(kept))[0] == 0
    later = tmp_path / "later"
    later.write_text(json.dumps(ask(capsys, folder, "audit", "verify")[1]["checkpoint"]))
    for name in ("audit.sqlite3", "checkpoints/audit.checkpoint"):
        (folder / name).with_name("x").unlink(missing_ok=True)
    connection = sqlite3.connect(folder / "audit.sqlite3")
    connection.execute("DROP TRIGGER audit_no_delete")
    connection.execute("DELETE FROM audit WHERE seq > 2")
    connection.commit()
    connection.close()
    code, told = ask(capsys, folder, "audit", "verify", "--checkpoint", str(later))
    assert code == 1
    assert any("cut off" in problem for problem in told["problems"])
    assert ask(capsys, folder, "search", "tolliver")[0] == 1, "nothing is read on a log that was cut"


def test_report_counts_in_words_and_as_a_page(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "usage.html"
    code, told = ask(capsys, folder, "audit", "report", "--out", str(out))
    assert code == 0
    assert {total["name"]: total["hits"] for total in told["totals"]["subject"]}["bob"] == 1
    assert "By purpose" in out.read_text()
    assert "olliver" not in out.read_text()
    with pytest.raises(SystemExit):
        main(["--workspace", str(folder), "audit", "report"])
    assert "hit rate" in capsys.readouterr().out


@pytest.mark.catalogue("L10")
def test_alerts_are_listed_and_settled_with_a_reason(folder: Path, capsys: Capture) -> None:
    (folder / "settings.yaml").write_text(
        "unusual_access: {closely_watched: [vip], names: {bob: [Tolliver]}}\n"
    )
    code, told = ask(capsys, folder, "audit", "alerts")
    assert (code, told["raised"]) == (0, 2)
    assert {one["kind"] for one in told["alerts"]} == {"own name", "closely watched"}
    first = told["alerts"][0]["id"]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OCB_REASON", raising=False)
        assert "--reason" in ask(capsys, folder, "audit", "settle", first)[1]["error"]
    code, done = ask(capsys, folder, "audit", "settle", first, "--reason", "spoke with the officer")
    assert (code, done["open"], done["settled_because"]) == (0, False, "spoke with the officer")
    assert len(ask(capsys, folder, "audit", "alerts")[1]["alerts"]) == 1
    assert len(ask(capsys, folder, "audit", "alerts", "--all")[1]["alerts"]) == 2


@pytest.mark.catalogue("C08")
def test_graph_check_tells_what_is_wrong_and_what_to_do(folder: Path, capsys: Capture) -> None:
    code, told = ask(capsys, folder, "graph", "check")
    assert (code, told["ok"], told["findings"], told["skipped"]) == (0, True, [], {})
    raw = bytearray((folder / LEDGER).read_bytes())
    raw[len(raw) // 2] ^= 8
    (folder / LEDGER).write_bytes(bytes(raw))
    code, told = ask(capsys, folder, "graph", "check")
    assert code == 1
    assert told["findings"][0]["part"] == "seal"
    assert "ocb backup restore" in told["findings"][0]["advice"]
    with pytest.raises(SystemExit):
        main(["--workspace", str(folder), "graph", "check"])
    assert "what to do" in capsys.readouterr().out


@pytest.mark.catalogue("C09")
def test_server_refuses_a_ledger_that_is_not_as_it_was_sealed(folder: Path) -> None:
    require_whole(folder)
    raw = bytearray((folder / LEDGER).read_bytes())
    raw[-7] ^= 1
    (folder / LEDGER).write_bytes(bytes(raw))
    with pytest.raises(LedgerDamagedError, match=r"damaged between.*restore"):
        require_whole(folder)
    assert (folder / LEDGER).read_bytes() == bytes(raw)


@pytest.mark.catalogue("C14")
def test_second_server_on_one_workspace_is_refused(folder: Path, capsys: Capture) -> None:
    with only_server(folder):
        with pytest.raises(LedgerError, match="another server"):
            only_server(folder)
        code, told = ask(capsys, folder, "serve", "--port", "1")
        assert code == 1
        assert "another server serves" in told["error"]
        assert ask(capsys, folder, "audit", "verify")[0] == 0  # commands go on
    only_server(folder).close()


@pytest.mark.catalogue("C26")
def test_backup_and_restore_by_command(
    folder: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCB_BACKUP_PASSPHRASE", "nine small herons wade")
    place, new = tmp_path / "disk" / "b.tar", tmp_path / "new"
    code, made = ask(capsys, folder, "backup", "create", str(place), "--keys", "sealed")
    assert (code, made["keys"]) == (0, "sealed")
    assert ask(capsys, folder, "backup", "verify", str(place), "--key", made["key"])[1]["ok"]
    assert ask(capsys, folder, "backup", "verify", str(place), "--key", "00" * 32)[0] == 1
    code, told = ask(capsys, folder, "backup", "restore", str(place), "--to", str(new))
    assert (code, told["ok"], told["audit_seq"]) == (0, True, made["audit_seq"])
    one, two = (ask(capsys, where, "graph", "fingerprint")[1]["fingerprint"] for where in (folder, new))
    assert one == two
    assert ask(capsys, new, "audit", "verify")[1]["ok"]
    assert ask(capsys, folder, "backup", "restore", str(place), "--to", str(new))[0] == 1
    assert ask(capsys, folder, "backup", "create", str(place))[0] == 1
    assert ask(capsys, folder, "backup", "create", str(tmp_path / "x"), "--keys", "maybe")[0] == 1
    with Workspace.open(folder) as workspace:
        assert "backup.create" in {row.event.action for row in workspace.audit.rows(0, 1000)}
    shutil.rmtree(new)
    damaged = place.read_bytes()
    place.write_bytes(damaged[:2000] + b"\x00\x01" + damaged[2002:])
    assert ask(capsys, folder, "backup", "verify", str(place))[0] == 1
