"""Loads as jobs: done in a process of their own, seen by their owner alone, exactly one worker at a time."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.jobs import child
from api.jobs.queue import LEASE, Job, JobQueue
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from tests.api.client import Server, start

MAPPING = """
mapping: 1
source: northshire
marking: {const: OFFICIAL}
files:
  - match: "*.csv"
    format: csv
    required: [ref, name]
    entities:
      person:
        type: Person
        key: ref
        properties:
          name: name
"""
ANN = AccessContext("ann", "Northshire", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "test"))
REQUEST = {
    "source": "table", "file": "a.csv", "path": "", "mapping": "", "organisation": "N", "purpose": "investigation",
    "reason": "r", "operation": "",
}  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> Iterator[JobQueue]:
    made = JobQueue(tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    made = start(tmp_path)
    yield made
    made.close()


def _claimed(queue: JobQueue) -> Job:
    job = queue.claim()
    assert job is not None
    return job


def test_jobs_are_taken_in_order_by_one_worker_each(queue: JobQueue) -> None:
    first, second = (queue.add("load", ANN, REQUEST).id for _ in range(2))
    assert _claimed(queue).id == first
    assert _claimed(queue).id == second
    assert queue.claim() is None


@pytest.mark.catalogue("C04")
def test_worker_that_lost_its_lease_can_no_longer_write(queue: JobQueue, clock: Clock) -> None:
    queue.add("load", ANN, REQUEST)
    old = _claimed(queue)
    clock.now += LEASE - timedelta(seconds=1)
    assert queue.report(old, {"step": "x", "done": 1, "total": 2})
    clock.now += LEASE - timedelta(seconds=1)
    assert queue.claim() is None, "the report renewed the lease"
    clock.now += timedelta(seconds=2)
    new = _claimed(queue)
    assert (new.id, new.attempt) == (old.id, 2)
    assert not queue.report(old, {"step": "late"})
    assert not queue.finish(old, "done")
    assert queue.resume(old.id, old.attempt) is None
    assert queue.finish(new, "done", result={"loaded": 1})
    found = queue.find(old.id, "ann")
    assert found is not None
    assert (found.state, found.result) == ("done", {"loaded": 1})


@pytest.mark.catalogue("C23")
def test_third_lost_worker_fails_the_job(queue: JobQueue, clock: Clock) -> None:
    job_id = queue.add("load", ANN, REQUEST).id
    for _ in range(3):
        _claimed(queue)
        clock.now += LEASE + timedelta(seconds=1)
    assert queue.claim() is None
    found = queue.find(job_id, "ann")
    assert found is not None
    assert found.state == "failed"
    assert "three times" in found.error


@pytest.mark.catalogue("A28")
def test_jobs_of_others_do_not_exist(queue: JobQueue) -> None:
    job = queue.add("load", ANN, REQUEST)
    assert queue.find(job.id, "bob") is None
    assert queue.listed("bob") == []
    assert [one.id for one in queue.listed("ann")] == [job.id]


def test_cancel_waiting_and_running(queue: JobQueue) -> None:
    waiting = queue.add("load", ANN, REQUEST)
    queue.cancel(waiting.id)
    assert queue.claim() is None
    running = queue.add("load", ANN, REQUEST)
    job = _claimed(queue)
    queue.cancel(running.id)
    assert not queue.report(job), "the worker learns of it at its next step"


def _wait(server: Server, job_id: str) -> dict[str, object]:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        job = server.get(f"/v1/jobs/{job_id}", "loader").json()
        if job["state"] not in {"queued", "running", "cancelling"}:
            return job
        time.sleep(0.2)
    pytest.fail("the job did not end")


@pytest.mark.catalogue("U17")
def test_upload_is_loaded_in_a_process_and_can_then_be_read(own: Server) -> None:
    files = {
        "file": ("../../pe ople.csv", b"ref,name\n1,Mags Tolliver\n2,\n"),
        "mapping": ("m.yaml", MAPPING.encode()),
    }
    answer = own.request("POST", "/v1/ingest/files", "loader", data={"source": "table"}, files=files)
    assert answer.status_code == 202
    job_id = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/jobs/{job_id}"
    assert own.get(f"/v1/jobs/{job_id}", "loader").json()["file"] == "pe_ople.csv"
    own.services.worker.start()
    job = _wait(own, job_id)
    assert (job["state"], job["error"]) == ("done", "")
    result = job["result"]
    assert isinstance(result, dict)
    assert (result["loaded"], result["quarantined"]) == (1, 1)
    assert own.get("/v1/search?q=tolliver").json()["total"] == 1
    events = [row.event for row in own.services.audit.rows(0, 1000)]
    loads = [event for event in events if event.action == "ingest.load"]
    assert [(event.phase, event.operation, event.subject) for event in loads] == [
        ("intent", "collection", "loader"),
        ("outcome", "collection", "loader"),
    ]
    assert loads[1].count == 1


@pytest.mark.catalogue("I25")
def test_bad_mapping_fails_the_job_with_its_faults(own: Server) -> None:
    files = {
        "file": ("a.csv", b"ref\n1\n"),
        "mapping": ("m.yaml", b"mapping: 1\nnonsense: !!python/object:os.system {}\n"),
    }
    job_id = own.request("POST", "/v1/ingest/files", "loader", data={"source": "table"}, files=files).json()[
        "id"
    ]
    job = own.services.jobs.claim()
    assert job is not None
    assert child.run(own.services.settings.workspace, "embedded", job.id, job.attempt) == 0
    answer = own.get(f"/v1/jobs/{job_id}", "loader").json()
    assert answer["state"] == "failed"
    assert "mapping" in answer["error"]
    assert str(own.services.settings.workspace) not in answer["error"]


@pytest.mark.catalogue("C25")
def test_cancelled_job_stops(own: Server) -> None:
    files = {"file": ("a.csv", b"ref,name\n1,x\n"), "mapping": ("m.yaml", MAPPING.encode())}
    job_id = own.request("POST", "/v1/ingest/files", "loader", data={"source": "table"}, files=files).json()[
        "id"
    ]
    job = own.services.jobs.claim()
    assert job is not None
    assert own.request("DELETE", f"/v1/jobs/{job_id}", "loader").json()["state"] == "cancelling"
    assert child.run(own.services.settings.workspace, "embedded", job.id, job.attempt) == 0
    assert own.get(f"/v1/jobs/{job_id}", "loader").json()["state"] == "cancelled"
    assert child.run(own.services.settings.workspace, "embedded", job.id, job.attempt) == 0, (
        "nothing is left to do"
    )


def test_inbox_is_listed_and_only_its_own_names_are_loaded(own: Server, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "pole").mkdir(parents=True)
    (inbox / "a.csv").write_bytes(b"ref,name\n")
    (inbox / ".hidden").write_bytes(b"")
    (inbox / "link.csv").symlink_to(tmp_path / "ledger.sqlite3")
    entries = own.get("/v1/ingest/inbox", "loader").json()["entries"]
    assert [(one["name"], one["folder"]) for one in entries] == [("a.csv", False), ("pole", True)]
    for name in ("../ledger.sqlite3", "/etc/passwd", ".hidden", "link.csv", "pole/..", "nothing", "..", "."):
        body = {"source": "pole_csv", "name": name}
        assert own.request("POST", "/v1/ingest/inbox", "loader", json=body).status_code == 404, name
    taken = own.request("POST", "/v1/ingest/inbox", "loader", json={"source": "pole_csv", "name": "pole"})
    assert (taken.status_code, taken.json()["state"]) == (202, "queued")
    assert own.get(f"/v1/jobs/{taken.json()['id']}", "loader").status_code == 200


@pytest.mark.catalogue("C12")
def test_job_that_needs_more_memory_than_it_may_take_fails_alone(tmp_path: Path) -> None:
    server = start(tmp_path, job_memory=400 << 20)
    answer = server.request(
        "POST",
        "/v1/ingest/files",
        "loader",
        data={"source": "table"},
        files={"file": ("a.csv", b"ref,name\n1,x\n"), "mapping": ("m.yaml", MAPPING.encode())},
    )
    server.services.worker.start()
    job = _wait(server, answer.json()["id"])
    assert job["state"] == "failed"
    assert job["error"]
    assert server.get("/v1/stats").json()["entities"] == 0
    assert server.get("/v1/health", None).status_code == 200
    server.close()


@pytest.mark.catalogue("C12")
def test_job_out_of_memory_says_which_setting_to_raise(own: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_given: object) -> dict[str, object]:
        raise MemoryError

    monkeypatch.setitem(child._WORK, "load", greedy)
    queue = own.services.jobs
    job_id = queue.add("load", ANN, REQUEST).id
    job = queue.claim()
    assert job is not None
    assert child.run(own.services.settings.workspace, "embedded", job.id, job.attempt) == 0
    found = queue.find(job_id, "ann")
    assert found is not None
    assert (found.state, "OCB_JOB_MEMORY" in found.error) == ("failed", True)
