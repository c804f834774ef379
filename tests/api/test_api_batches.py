"""After a load over the API: batches, refused rows, quality and lineage of what one may see; changes as jobs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.jobs import child
from tests.api import world
from tests.api.client import Server, start
from tests.api.conftest import World

MAPPING = b"""
mapping: 1
source: northshire
marking: {column: mark}
handling: {scheme: 3x5x2, code: {const: P}}
files:
  - match: "*.csv"
    format: csv
    required: [ref, name]
    entities:
      person:
        type: Person
        key: ref
        properties: {name: name, birth_date: {column: dob, on_error: omit}}
"""
ROWS = (
    b"ref,name,dob,mark\n1,Mags Tolliver,1900-01-01,OFFICIAL\n2,,,OFFICIAL\n3,Dev Marrow,bad,OFFICIAL\n"
    b"4,<b>Eve</b>,2090-01-01,OFFICIAL-SENSITIVE\n5,,,OFFICIAL-SENSITIVE\n"
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    made = start(tmp_path)
    files = {"file": ("people.csv", ROWS), "mapping": ("m.yaml", MAPPING)}
    answer = made.request("POST", "/v1/ingest/files", "loader", data={"source": "table"}, files=files)
    assert answer.status_code == 202
    _work(made)
    yield made
    made.close()


def _work(server: Server) -> dict:
    """Do the job that waits, in this process; the answer is what its owner sees."""
    job = server.services.jobs.claim()
    assert job is not None
    assert child.run(server.services.settings.workspace, "embedded", job.id, job.attempt) == 0
    return server.get(f"/v1/jobs/{job.id}", "loader").json()


def _batch(server: Server) -> str:
    """Reference of the only batch that the loader may know of."""
    (batch,) = server.get("/v1/ingest/batches", "loader").json()["batches"]
    return batch["reference"]


def _post(server: Server, path: str, **body: object) -> dict:
    answer = server.request("POST", path, "loader", json={"reason": "a test", **body})
    assert answer.status_code == 202, answer.text
    return _work(server)


def test_batches_and_refused_rows_are_listed(own: Server) -> None:
    (batch,) = own.get("/v1/ingest/batches", "loader").json()["batches"]
    wanted = {"rows": 5, "loaded": 3, "refused": 2, "repaired": 0, "state": "loaded", "file": "people.csv"}
    assert {name: batch[name] for name in wanted} == wanted
    answer = own.get(f"/v1/ingest/quarantine?batch={batch['reference']}", "loader").json()
    assert answer["reasons"] == [{"field": "name", "reason": "is empty", "rows": 2}]
    assert [(row["row"], row["attempts"], row["corrected"]) for row in answer["rows"]] == [
        (2, 0, False),
        (5, 0, False),
    ]
    assert "Mags" not in own.get("/v1/ingest/quarantine", "loader").text
    first = answer["rows"][0]["reference"]
    assert own.get(f"/v1/ingest/quarantine?after={first}", "loader").json()["rows"][0]["row"] == 5
    assert own.get(f"/v1/ingest/quarantine?batch={first}", "loader").status_code == 404, "of another kind"
    assert own.get("/v1/ingest/quarantine?batch=aaaaaaaaaaaa", "loader").status_code == 404
    assert own.get("/v1/ingest/quarantine?batch=1", "loader").status_code == 422


def test_quality_as_data_and_as_a_page(own: Server) -> None:
    batch = _batch(own)
    body = own.get(f"/v1/ingest/batches/{batch}/quality", "loader").json()
    (dob,) = [one for one in body["missing"] if one["name"] == "birth_date"]
    assert (dob["records"], dob["missing"], dob["omitted"]) == (3, 0, 1)
    checks = {one["check"].split(" ")[0] + one["about"]: one["examples"] for one in body["unlikely"]}
    assert checks["birthPerson.birth_date"] == [
        {"file": "people.csv", "row": 1},
        {"file": "people.csv", "row": 4},
    ]
    page = own.get(f"/v1/ingest/batches/{batch}/quality?format=html", "loader")
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox" in page.headers["content-security-policy"]
    assert "people.csv 1" in page.text
    assert "<b>Eve" not in page.text
    assert own.get("/v1/ingest/batches/aaaaaaaaaaaa/quality", "loader").status_code == 404


def test_removal_and_restoration_are_jobs(own: Server) -> None:
    job = _post(own, f"/v1/ingest/batches/{_batch(own)}/removal")
    assert (job["state"], job["kind"], job["result"]) == ("done", "remove", {"records": 3})
    assert own.get("/v1/search?q=tolliver").json()["total"] == 0
    (batch,) = own.get("/v1/ingest/batches", "loader").json()["batches"]
    assert (batch["state"], batch["removed_by"], batch["reason"]) == ("removed", "loader", "a test")
    assert own.get("/v1/ingest/quarantine", "loader").json()["total"] == 0
    job = _post(own, f"/v1/ingest/batches/{batch['reference']}/restoration")
    assert job["result"] == {"records": 3}
    assert own.get("/v1/search?q=tolliver").json()["total"] == 1
    operations = [
        (row.event.action, row.event.operation)
        for row in own.services.audit.rows(0, 1000)
        if row.event.phase == "intent"
    ]
    assert ("ingest.remove", "erasure") in operations
    assert ("ingest.restore", "alteration") in operations


def test_retry_is_a_job_and_takes_corrections(own: Server) -> None:
    job = _post(own, "/v1/ingest/quarantine/retry", batch=_batch(own))
    assert (job["state"], job["result"]["tried"], job["result"]["refused"]) == ("done", 2, 2)
    rows = own.get("/v1/ingest/quarantine", "loader").json()["rows"]
    assert [row["attempts"] for row in rows] == [1, 1]
    job = _post(own, "/v1/ingest/quarantine/retry", rows=[rows[0]["reference"]])
    assert (job["state"], job["result"]["tried"]) == ("done", 1)
    unknown = {"reason": "x", "batch": "aaaaaaaaaaaa"}
    none = own.request("POST", "/v1/ingest/quarantine/retry", "loader", json=unknown)
    assert none.status_code == 404


def test_lineage_leads_back_to_file_and_row(server: Server, loaded: World) -> None:
    body = server.get(f"/v1/lineage/{loaded.uids[world.MAGS]}?property=name").json()
    (value,) = body["values"]
    (record,) = body["records"]
    assert (value["property"], value["value"], value["rids"]) == ("name", "Mags Tolliver", [record["rid"]])
    told = {name: record[name] for name in ("file", "row", "batch", "original", "grading", "handling")}
    assert told == {
        "file": "people.csv", "row": 1, "batch": _batch(server), "original": {"ref": "row 1"}, "grading": "3x5x2 2B",
        "handling": "3x5x2 P",
    }  # fmt: skip


def test_lineage_of_what_is_hidden_is_that_of_nothing(server: Server, loaded: World) -> None:
    hidden = server.get(f"/v1/lineage/{loaded.uids[world.SECRET]}")
    nothing = server.get("/v1/lineage/7hq2m4zc6tq3v5x7a2b4d6fj")
    assert (hidden.status_code, hidden.content) == (nothing.status_code, nothing.content)
    assert hidden.status_code == 404
    seen = server.get(f"/v1/lineage/{loaded.uids[world.WASH]}").text
    assert "Kestrel" not in seen
    assert "Kestrel" in server.get(f"/v1/lineage/{loaded.uids[world.WASH]}", "cleared").text


def test_batches_count_what_is_visible_alone(server: Server, tmp_path: Path) -> None:
    """A world without the hidden records gives the same list, but for the moment of loading."""
    world.build(tmp_path / "open", hidden=False)
    other = start(tmp_path / "open")
    try:
        shown = [one.get("/v1/ingest/batches", "loader").json()["batches"][0] for one in (server, other)]
        for batch in shown:
            batch.pop("started_at"), batch.pop("finished_at"), batch.pop("reference")  # of another key
        assert shown[0] == shown[1]
        quality = [
            one.get(f"/v1/ingest/batches/{_batch(one)}/quality", "loader").json() for one in (server, other)
        ]
        for body in quality:
            body["batch"] = {name: value for name, value in body["batch"].items() if name in shown[0]}
        assert quality[0] == quality[1]
    finally:
        other.close()


@pytest.mark.catalogue("A20")
def test_a_removal_takes_what_its_caller_sees_and_tells_nothing_of_the_rest(tmp_path: Path) -> None:
    """A world without the hidden records answers the same; those who are cleared still have theirs."""
    told: list[list[object]] = []
    for hidden in (True, False):
        folder = tmp_path / str(hidden)
        uids = world.build(folder, hidden=hidden)
        server = start(folder)
        try:
            path = f"/v1/ingest/batches/{_batch(server)}"
            job = _post(server, f"{path}/removal")
            (batch,) = server.get("/v1/ingest/batches", "loader").json()["batches"]
            seen = server.get("/v1/search?q=tolliver").json()["total"]
            again = _post(server, f"{path}/removal")["result"]
            back = _post(server, f"{path}/restoration")["result"]
            told.append([job["result"], batch["state"], batch["loaded"], seen, again, back])
            if hidden:
                assert server.get(f"/v1/entities/{uids[world.SECRET]}", "cleared").status_code == 200
        finally:
            server.close()
    assert told[0] == told[1]
    assert told[0][0] == told[0][5] != {"records": 0}
    assert (told[0][3], told[0][4]) == (0, {"records": 0})
