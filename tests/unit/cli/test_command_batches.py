"""After a load at the command line: batches removed, put back and replaced; refused rows repaired; quality; lineage."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from api.cli.main import main
from graphcore.workspace import Workspace
from ingest.repair import replace as replacing
from tests.unit.cli.test_command import run

MAPPING = """
mapping: 1
source: northshire
files:
  - match: "*.csv"
    required: [ref, name]
    entities:
      p:
        type: Person
        key: ref
        properties: {name: name, birth_date: dob}
      t: {type: Phone, key: {column: mobile, clean: phone}, optional: true, properties: {number: mobile}}
    links: [{type: USES_PHONE, source: p, target: t}]
"""
FIRST = "ref,name,dob,mobile\n1,Ada Quill,1980,07700900123\n2,Bea Marsh,31/02/1980,07700900124\n3,,1990,\n"
SECOND = "ref,name,dob,mobile\n1,Ada Quill,1980,07700900123\n4,Dee Moss,1999-01-01,07700900123\n"


class Desk:
    """A workspace with its files, and the command on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "m.yaml").write_text(MAPPING, encoding="utf-8")

    def put(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def run(self, *line: str) -> dict:
        code, answer = run(self.capsys, "--workspace", str(self.folder / "ws"), *line)
        assert code == 0, answer
        return answer

    def fails(self, *line: str) -> str:
        code, answer = run(self.capsys, "--workspace", str(self.folder / "ws"), *line)
        assert code != 0
        return answer["error"]

    def load(self, name: str, text: str) -> dict:
        mapping = str(self.folder / "m.yaml")
        return self.run("ingest", "load", "--source", "table", "--mapping", mapping, self.put(name, text))

    def graph(self) -> str:
        return self.run("graph", "fingerprint")["fingerprint"]

    def batches(self) -> list[tuple]:
        found = self.run("ingest", "batches")["batches"]
        return [(one["file"], one["loaded"], one["unchanged"], one["refused"], one["state"]) for one in found]

    def references(self) -> list[str]:
        return [one["reference"] for one in self.run("ingest", "batches")["batches"]]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_removed_batch_is_as_if_never_loaded_and_comes_back(desk: Desk) -> None:
    desk.load("b.csv", SECOND)
    alone = desk.graph()
    desk.load("a.csv", FIRST)
    both = desk.graph()
    assert desk.batches() == [("b.csv", 5, 1, 0, "loaded"), ("a.csv", 0, 3, 2, "loaded")]
    one, two = desk.references()
    assert not {"1", "2"} & {one, two}
    assert desk.run("ingest", "remove-batch", two, "--reason", "wrong file") == {"batch": two, "records": 0}
    assert desk.graph() == alone
    assert desk.run("ingest", "remove-batch", one, "--reason", "wrong too")["records"] == 5
    assert desk.run("graph", "stats")["entities"] == 0
    assert "removed already" in desk.fails("ingest", "remove-batch", one, "--reason", "x")
    assert desk.run("ingest", "restore-batch", two, "--reason", "right")["records"] == 3
    assert desk.run("graph", "stats")["entities"] == 2
    desk.run("ingest", "restore-batch", one, "--reason", "right")
    assert desk.graph() == both
    assert "not removed" in desk.fails("ingest", "restore-batch", one, "--reason", "x")
    for unknown in ("1", "9", "aaaaaaaaaaaa", one.upper()):
        assert "no such batch" in desk.fails("ingest", "remove-batch", unknown, "--reason", "x")


def test_replaced_batch_leaves_the_new_one(desk: Desk) -> None:
    desk.load("a.csv", FIRST)
    corrected = FIRST.replace("31/02/1980", "28/02/1980").replace("3,,", "3,Cy Ford,")
    (old,) = desk.references()
    answer = desk.run(
        "ingest", "replace-batch", old, desk.put("a2.csv", corrected), "--reason", "corrected by the supplier",
        "--mapping", str(desk.folder / "m.yaml"),
    )  # fmt: skip
    assert desk.references()[0] == old
    new = desk.references()[1]
    assert (answer["batches"], answer["withdrawn"], answer["quarantined"]) == ([new], 0, 0)
    assert [row[4] for row in desk.batches()] == [f"replaced by {new}", "loaded"]
    assert desk.run("ingest", "quarantine")["total"] == 0
    after = desk.graph()
    other = Desk(desk.folder / "other", desk.capsys) if (desk.folder / "other").mkdir() is None else desk
    other.load("a2.csv", corrected)
    assert len(other.run("ingest", "batches")["batches"]) == 1
    assert other.run("graph", "stats") == desk.run("graph", "stats")
    assert "removed already" in desk.fails(
        "ingest", "replace-batch", old, str(desk.folder / "a2.csv"), "--reason", "x"
    )
    assert desk.graph() == after


def test_replace_that_is_killed_leaves_the_old_one_and_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.load("a.csv", "ref,name,dob,mobile\n7,Gil Rook,1970,\n")
    load = replacing.load

    class Killed(BaseException):
        """Stands for the end of the process."""

    def dying(*args: object, **named: object) -> object:
        load(*args, **named)  # type: ignore[arg-type]
        raise Killed

    order = ("ingest", "replace-batch", desk.references()[0], desk.put("b.csv", SECOND), "--reason", "x", "--mapping",
             str(desk.folder / "m.yaml"))  # fmt: skip
    monkeypatch.setattr(replacing, "load", dying)
    with pytest.raises(Killed):
        main(["--workspace", str(desk.folder / "ws"), *order])
    desk.capsys.readouterr()
    assert desk.run("graph", "stats")["entities"] == 4, "old and new: never neither"
    monkeypatch.setattr(replacing, "load", load)
    desk.run(*order)
    assert desk.run("graph", "stats")["entities"] == 3
    *before, last = [row[4] for row in desk.batches()]
    assert last == "loaded"
    assert before
    assert all(state.startswith("replaced by") for state in before), "what the killed try had loaded went too"


def test_source_is_removed_with_its_batches(desk: Desk) -> None:
    desk.load("b.csv", SECOND)
    answer = desk.run("ingest", "remove-source", "northshire", "--reason", "supplier withdrew it")
    assert answer == {"source": "northshire", "records": 5}
    assert desk.run("graph", "stats")["entities"] == 0
    (batch,) = desk.run("ingest", "batches")["batches"]
    assert (batch["state"], batch["reason"]) == ("removed with its source", "supplier withdrew it")
    assert desk.load("b.csv", SECOND)["loaded"] == 5


def test_refused_rows_are_exported_corrected_and_repaired(desk: Desk) -> None:
    desk.load("a.csv", FIRST)
    listed = desk.run("ingest", "quarantine", "list")
    assert (listed["total"], [row["row"] for row in listed["rows"]]) == (2, [2, 3])
    assert desk.run("ingest", "quarantine")["rows"] == listed["rows"], "the old word alone is the list"
    out = desk.folder / "refused.csv"
    desk.run("ingest", "quarantine", "export", "--out", str(out))
    text = out.read_text(encoding="utf-8-sig")
    (first, _) = csv.DictReader(text.splitlines())
    assert (first["ocb_reason"] != "", first["name"], first["mobile"]) == (True, "Bea Marsh", "07700900124")
    out.write_text(text.replace("31/02/1980", "28/02/1980"), encoding="utf-8")
    answer = desk.run("ingest", "quarantine", "fix", "--from", str(out), "--reason", "read from the form")
    assert answer == {
        "corrected": 1, "unchanged_rows": 1, "tried": 1, "repaired": 1, "refused": 0, "loaded": 3, "unchanged": 0,
    }  # fmt: skip
    answer = desk.run(
        "ingest",
        "quarantine",
        "fix",
        "--row",
        listed["rows"][1]["reference"],
        "--set",
        "name=Cy Ford",
        "--reason",
        "asked",
    )
    assert answer["repaired"] == 1
    assert desk.run("ingest", "quarantine")["total"] == 0
    assert desk.run("ingest", "quarantine", "retry")["tried"] == 0
    lineage = desk.run("graph", "lineage", "Bea Marsh", "--property", "birth_date")
    (value,), (record,) = lineage["values"], lineage["records"]
    assert (value["value"], record["file"], record["row"]) == ("1980-02-28", "a.csv", 2)
    (note,) = record["corrections"]
    assert (note["changed"], note["reason"]) == (["dob"], "read from the form")
    assert desk.batches() == [("a.csv", 7, 0, 0, "loaded")]


def test_quality_counts_what_people_should_look_at(desk: Desk) -> None:
    rows = [f"{n},Person {n},1980-01-{n:02},07700900555" for n in range(1, 9)]
    rows += [
        "20,Old One,1870,+447777777777",
        "21,New One,2090,",
        "22,Epoch,1970-01-01,",
        "23,Epoch,1970-01-01,",
    ]
    desk.load("q.csv", "ref,name,dob,mobile\n" + "\n".join(rows) + "\n,x,,\n")
    (batch,) = desk.references()
    body = desk.run("ingest", "quality", batch)
    found = {
        (one["check"].split(" ")[0], one["about"]): (one["count"], one["of"]) for one in body["unlikely"]
    }
    assert found == {
        ("birth", "Person.birth_date"): (2, 12),
        ("date", "Person.birth_date"): (2, 12),
        ("number", "Phone.number"): (1, 2),
        ("shared", "Phone"): (1, 2),
    } or found[("shared", "Phone")] == (1, 2)
    assert found[("birth", "Person.birth_date")] == (2, 12)
    twice = {(one["check"].split(" ")[1], one["about"]): one["count"] for one in body["duplicates"]}
    assert twice == {("content", "Person"): 1}
    assert body["damaged"][0]["rows"] == 1
    page = desk.folder / "q.html"
    desk.run("ingest", "quality", batch, "--html", str(page))
    html = page.read_text(encoding="utf-8")
    assert "shared by more than 5" in html
    assert "07700900555" not in html
    assert "<script" not in html


def test_lineage_of_a_link(desk: Desk) -> None:
    desk.load("b.csv", SECOND)
    with Workspace.open(desk.folder / "ws", create=False) as workspace:
        lid = next(iter(workspace.ledger.all_lids()))
    answer = desk.run("graph", "lineage", lid)
    assert {record["type"] for record in answer["records"]} == {"USES_PHONE"}
    assert "no entity" in desk.fails("graph", "lineage", "nonsense")
