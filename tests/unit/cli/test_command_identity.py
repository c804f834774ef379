"""``ocb identity`` as a script calls it: queue, explain, judge, show, split, join, history, undo, runs, model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.cli.main import main
from graphcore.evidence import EntityRecord, OriginRef
from graphcore.workspace import Workspace
from tests.api import identity_world as world
from tests.api.world import OPEN, evidence


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    world.build(tmp_path, with_hidden=False)
    return tmp_path


class Caller:
    """Calls the command on one workspace."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def text(self, *line: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--workspace", str(self._folder), "identity", *line])
        said = self._capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    def __call__(self, *line: str, code: int = 0) -> Any:
        got, out, _ = self.text(*line, "--json")
        assert got == code, out
        return json.loads(out)


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(folder, capsys)


def pair(call: Caller) -> tuple[str, str]:
    found = call("queue", "--type", "Person")["pairs"]
    chosen = next(one for one in found if "W1" in {one["left"]["reference"], one["right"]["reference"]})
    return chosen["left"]["origin"], chosen["right"]["origin"]


def test_a_pair_is_found_explained_accepted_and_taken_back(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = pair(call)
    said = call("explain", left, right)
    assert said["explanation"]["lines"]
    with monkeypatch.context() as patch:
        patch.setenv("OCB_REASON", "")
        assert "--reason" in call("judge", left, right, "--same", code=1)["error"]
    assert "one of" in call("judge", left, right, "--reason", "x", code=1)["error"]
    made = call("judge", left, right, "--same", "--reason", "same face")
    assert (made["origins"], made["waits"]) == (1, False)
    uid = call("queue", "--state", "accepted")["pairs"][0]["left"]["uid"]
    shown = call("show", uid)
    assert [one["held_by"] and one["held_by"]["reason"] for one in shown["members"]] == [None, "same face"]
    assert call("undo", made["decision"])["undone"] is True
    story = call("history", uid)["judgements"]
    assert [(one["verdict"], one["state"]) for one in story if one["decision"] == made["decision"]] == [
        ("same", "undone")
    ]


def test_entities_are_joined_and_split_by_hand(call: Caller) -> None:
    left, right = pair(call)
    joined = call("join", left, right, "--reason", "one man")
    assert joined["entities_after"] == 1
    uid = call("queue", "--state", "accepted")["pairs"][0]["left"]["uid"]
    gone = next(one["origin"] for one in call("show", uid)["members"] if one["origin"] != uid)
    assert call("split", uid, "--out", gone, "--reason", "two men")["entities_after"] == 2
    assert call("run")["moved"]["origins"] == 0, "no rule joins what a person parted"
    assert "no such entity" in call("show", "nothing", code=1)["error"]
    assert "no such entity" in call("split", uid, "--out", "nothing", "--reason", "x", code=1)["error"]


def test_runs_and_models_are_listed_and_written(call: Caller, tmp_path: Path) -> None:
    runs = call("runs")["runs"]
    assert [run["state"] for run in runs] == ["standing"]
    assert call("model", "show", "--type", "Person")["document"].startswith("fitted: 1")
    assert call("model", "export", str(tmp_path / "m.yaml"), "--type", "Person")["file"] == "m.yaml"
    assert (tmp_path / "m.yaml").read_text(encoding="utf-8").startswith("fitted: 1")
    assert "no run has weighed" in call("model", "show", "--type", "Ship", code=1)["error"]
    assert call("undo", runs[0]["run"])["moved"]["origins"] >= 2
    assert "stands" in call("undo", runs[0]["run"], code=1)["error"]


def test_a_run_takes_some_types_alone(call: Caller) -> None:
    call("undo", call("runs")["runs"][0]["run"])
    assert set(call("run", "--type", "Phone")["by_type"]) == {"Phone"}
    assert "--type" in call("run", "--type", "Ship", code=1)["error"]


def test_people_get_tables(call: Caller) -> None:
    left, right = pair(call)
    code, out, _ = call.text("queue")
    assert (code, "Thistlewick" in out) == (0, True)
    code, out, err = call.text("explain", left, right)
    assert (code, "family" in out, "bits are missing" in err) == (0, True, True)
    code, out, _ = call.text("show", left)
    assert (code, "came first" in out) == (0, True)
    for line in (("history", left), ("runs",), ("model", "show")):
        assert call.text(*line)[0] == 0


def test_who_proposed_cannot_confirm(call: Caller, folder: Path) -> None:
    (folder / "settings.yaml").write_text("identity: {four_eyes: [same]}\n", encoding="utf-8")
    left, right = pair(call)
    made = call("judge", left, right, "--same", "--reason", "same face")
    assert made["waits"] is True
    assert "second person" in call("confirm", made["decision"], "--reason", "sure", code=1)["error"]


def test_settings_name_what_four_eyes_can_be(folder: Path, call: Caller) -> None:
    (folder / "settings.yaml").write_text("identity: {four_eyes: [everything]}\n", encoding="utf-8")
    assert "four_eyes" in call("runs", code=1)["error"]


def test_a_run_learns_and_takes_a_table_of_names_where_it_is_told_to(call: Caller, folder: Path) -> None:
    left, right = pair(call)
    call("judge", left, right, "--different", "--reason", "two faces")
    (folder / "settings.yaml").write_text("identity: {names: names.csv}\n", encoding="utf-8")
    assert "names.csv" in call("run", code=1)["error"]
    (folder / "names.csv").write_text(
        "name,kind,count\nthistlewick,family,3\nsmith,family,997\n", encoding="utf-8"
    )
    call("run", "--learn")
    fitted = yaml.safe_load(call("model", "show")["document"])
    assert fitted["names"] == "names.csv"
    assert (fitted["learned"]["same"], fitted["learned"]["different"]) == (0, 1)
    assert len(fitted["learned"]["decisions"]) == 1


def test_records_that_come_after_a_run_are_matched_on_their_own(call: Caller, folder: Path) -> None:
    assert call("run")["run"]
    assert call("match") == {"records": 0, "judgements": 0, "moved": 0, "decisions": [], "crowded": 0}
    with Workspace.open(folder) as workspace:
        said = {"name": ("Ada Emberwick",), "birth_date": ("1980-04-09",), "phone": ("+447700900123",)}
        batch = workspace.ledger.begin_batch("later", "later.csv", "hash", "m1")
        came = EntityRecord(OriginRef("later", "Person", "L1"), "", said, evidence(95, OPEN))
        workspace.ledger.append(batch, [came], (), 1)
    done = call("match")
    assert (done["records"], done["crowded"]) == (1, 0)
    assert done["moved"] == len(done["decisions"]) == 1
    assert call("undo", done["decisions"][0])["undone"]
    assert call("match")["records"] == 0


def test_an_evaluation_tells_classes_and_draws_curves(call: Caller, tmp_path: Path) -> None:
    call("run")
    truth = tmp_path / "truth <b>.csv"
    truth.write_text("source,record_id,entity_type,entity_id\nnowhere,x,person,1\n", encoding="utf-8")
    page = tmp_path / "new" / "curves.html"
    figures = call("evaluate", "--truth", str(truth), "--curves", str(page))
    assert figures["person"]["missing"] == 1
    assert set(figures["person"]["hard"]["twins"]) == {"pairs", "joined", "skipped"}
    assert figures["person"]["auto"]["wrong"] == 0.0
    assert "truth &lt;b&gt;.csv" in page.read_text(encoding="utf-8")
    _, out, _ = call.text("evaluate", "--truth", str(truth))
    assert "easily taken for one" in out


def test_curves_are_a_picture_or_a_page(call: Caller, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("source,record_id,entity_type,entity_id\n", encoding="utf-8")
    code, _, err = call.text("evaluate", "--truth", str(truth), "--curves", str(tmp_path / "curves.png"))
    assert code
    assert ".svg, .html" in err
