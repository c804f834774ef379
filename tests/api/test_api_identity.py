"""Identity over the API: the queue, a pair explained, decisions and their undoing, four eyes, runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.jobs import child
from tests.api import identity_world as world
from tests.api.client import Server
from tests.api.identity_client import decide, key, post, queue, served, uids


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = served(tmp_path)
    yield made
    made.close()


def test_the_queue_shows_the_pair_that_is_not_sure(server: Server) -> None:
    found = queue(server, "type=Person&state=open")
    pair = next(
        one for one in found["pairs"] if {one["left"]["reference"], one["right"]["reference"]} == {"W1", "W2"}
    )
    assert (pair["state"], pair["band"], pair["left"]["name"]) == ("open", "review", "William Thistlewick")
    assert pair["effect"] >= 1
    assert queue(server, "type=Phone")["pairs"] == []
    assert queue(server, "source=nowhere") == {"pairs": [], "total": 0, "next": None}


def test_the_queue_goes_on_behind_a_cursor_of_its_reader(server: Server) -> None:
    whole = queue(server, "")
    assert whole["total"] >= 1
    first = queue(server, "limit=1")
    assert first["pairs"] == whole["pairs"][:1]
    if first["next"]:
        assert queue(server, f"limit=1&cursor={first['next']}")["pairs"] == whole["pairs"][1:2]
        assert server.get(f"/v1/identity/queue?limit=1&cursor={first['next']}", "cleared").status_code == 422


def test_a_pair_is_explained_with_both_sides_and_why_not(server: Server) -> None:
    left, right = key(server, world.WILL), key(server, world.BILL)
    body = server.get(f"/v1/identity/pairs?left={left}&right={right}").json()
    assert body["left"]["records"][0]["properties"]["postcode"] == ["NM3 4XY"]
    assert body["right"]["records"][0]["grading"] == "3x5x2:2B"
    lines = body["explanation"]["lines"]
    assert {"before anything is compared", "family name", "given name"} <= {line["feature"] for line in lines}
    assert body["explanation"]["standing"] is True
    assert any("bits" in line for line in body["why_not"])
    assert [one["verdict"] for one in body["judgements"]] == ["unsure"]
    assert body["warnings"] == []
    assert (body["marking"], body["one_entity"]) == ("OFFICIAL-SENSITIVE", False)


def test_accept_reject_unsure_and_undo(server: Server) -> None:
    made = decide(server, "same")
    assert (made.status_code, made.json()["held_back"]) == (201, [])
    moved = made.json()["origins"]
    assert moved >= 1
    assert len(set(uids(server, world.WILL, world.BILL))) == 1
    assert queue(server, "type=Person&state=accepted")["total"] == 1
    undone = post(server, f"/decisions/{made.json()['decision']}/undo", {"reason": "no"})
    assert (undone.status_code, undone.json()["origins"]) == (200, moved)
    assert len(set(uids(server, world.WILL, world.BILL))) == 2
    decide(server, "different")
    assert queue(server, "type=Person&state=rejected")["total"] == 1
    body = server.get(
        f"/v1/identity/pairs?left={key(server, world.WILL)}&right={key(server, world.BILL)}"
    ).json()
    assert body["warnings"] == ["a person parted these: reviewer"]
    decide(server, "unsure")
    assert queue(server, "state=left%20unsure")["total"] == 1
    again = post(server, f"/decisions/{made.json()['decision']}/undo", {"reason": "no"})
    assert again.status_code == 404


def test_a_reason_is_required_and_types_have_to_agree(server: Server) -> None:
    pair = {"left": key(server, world.WILL), "right": key(server, world.PHONE)}
    assert (
        post(server, "/judgements", {"pairs": [pair], "verdict": "same", "reason": "  "}).status_code == 422
    )
    assert post(server, "/judgements", {"pairs": [pair], "verdict": "same", "reason": "x"}).status_code == 422
    itself = {"left": key(server, world.WILL), "right": key(server, world.WILL)}
    assert (
        post(server, "/judgements", {"pairs": [itself], "verdict": "same", "reason": "x"}).status_code == 409
    )


def test_join_show_split_and_history(server: Server) -> None:
    left, right = uids(server, world.ADA, world.WILL)
    joined = post(server, "/joins", {"left": left, "right": right, "reason": "one woman"})
    assert joined.status_code == 201
    uid = uids(server, world.ADA)[0]
    shown = server.get(f"/v1/identity/entities/{uid}").json()
    assert {one["reference"] for one in shown["members"]} == {"W1", "A1", "A2"}
    held = {one["reference"]: one["held_by"] for one in shown["members"]}
    assert sum(one is None for one in held.values()) == 1
    assert {one["reason"] for one in held.values() if one} >= {"one woman"}
    assert all(one["decision"] and one["decided_at"] for one in held.values() if one)
    split = post(server, f"/entities/{uid}/split", {"out": [key(server, world.WILL)], "reason": "no"})
    assert split.status_code == 201
    assert uids(server, world.ADA) == uids(server, world.ADA2) != uids(server, world.WILL)
    story = server.get(f"/v1/identity/entities/{uid}/history").json()["judgements"]
    assert {one["verdict"] for one in story} >= {"same", "different"}
    store = server.services.store
    world_run = server.services.workspace
    from api.identity.service import run_identity

    run_identity(world_run, store, world.ALL, lambda *_: None)
    assert uids(server, world.ADA) == uids(server, world.ADA2) != uids(server, world.WILL)


def test_a_split_keeps_the_rest_though_it_hung_on_the_one_that_goes(server: Server) -> None:
    for other in (world.BILL, world.ADA):
        decide(server, "same", world.WILL, other)
    uid = uids(server, world.WILL)[0]
    post(server, f"/entities/{uid}/split", {"out": [key(server, world.WILL)], "reason": "no"})
    bill, ada, will = uids(server, world.BILL, world.ADA, world.WILL)
    assert bill == ada != will


def test_decisions_are_in_the_audit_log_before_they_are_made(server: Server) -> None:
    decide(server, "same")
    decide(server, "different")
    server.get("/v1/identity/queue")
    rows = [
        (row.event.operation, row.event.action, row.event.phase)
        for row in server.services.audit.rows(0, 10_000)
    ]
    for wanted in (
        ("combination", "identity.judge"),
        ("alteration", "identity.judge"),
        ("consultation", "identity.queue"),
    ):
        assert (*wanted, "intent") in rows
        assert rows.index((*wanted, "intent")) < rows.index((*wanted, "outcome"))
    assert ("combination", "identity.run", "intent") in rows


def test_four_eyes_want_a_second_person(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("identity: {four_eyes: [auto, same]}\n", encoding="utf-8")
    server = served(tmp_path)
    try:
        assert len(set(uids(server, world.ADA, world.ADA2))) == 2, "what a run would join waits"
        waiting = queue(server, "band=automatic")["pairs"]
        run = waiting[0]["decision"]
        assert {one["proposed_by"] for one in waiting} == {"runner"}
        assert queue(server, "type=Person&band=review")["total"] >= 1
        assert post(server, f"/decisions/{run}/confirm", {"reason": "looked at"}).status_code == 200
        assert len(set(uids(server, world.ADA, world.ADA2))) == 1
        made = decide(server, "same").json()
        assert (made["waits"], len(set(uids(server, world.WILL, world.BILL)))) == (True, 2)
        assert queue(server, "band=person")["total"] == 1
        own = post(server, f"/decisions/{made['decision']}/confirm", {"reason": "me too"})
        assert own.status_code == 409
    finally:
        server.close()


def test_runs_and_their_weights_can_be_read(server: Server) -> None:
    runs = server.get("/v1/identity/runs").json()["runs"]
    assert [run["state"] for run in runs] == ["standing"]
    assert runs[0]["joined"] >= 2
    model = server.get("/v1/identity/model?type=Person")
    assert model.headers["content-type"].startswith("application/yaml")
    assert model.text.startswith("fitted: 1")
    assert post(server, f"/decisions/{runs[0]['run']}/undo", {"reason": "no"}).status_code == 200
    assert server.get("/v1/identity/runs").json()["runs"][0]["state"] == "undone"


def test_a_run_is_a_job_of_its_loader(server: Server) -> None:
    run = server.get("/v1/identity/runs").json()["runs"][0]["run"]
    post(server, f"/decisions/{run}/undo", {"reason": "again"})
    made = post(server, "/runs", {"types": ["Phone"]}, "loader")
    assert (made.status_code, made.json()["kind"]) == (202, "identity")
    job = server.services.jobs.claim()
    assert job is not None
    assert child.run(server.services.settings.workspace, "embedded", job.id, job.attempt) == 0
    done = server.get(made.headers["location"], "loader").json()
    assert (done["state"], done["result"]["waits"]) == ("done", "false")
    assert len(set(uids(server, world.PHONE, world.PHONE2))) == 1


@pytest.mark.parametrize("learn", [True, False])
def test_a_run_learns_from_what_persons_judged_where_it_is_asked_to(server: Server, learn: bool) -> None:
    made = decide(server, "different").json()["decision"]
    post(server, "/runs", {"types": ["Person"], "learn": learn}, "loader")
    job = server.services.jobs.claim()
    assert job is not None
    assert child.run(server.services.settings.workspace, "embedded", job.id, job.attempt) == 0
    assert (made in server.get("/v1/identity/model?type=Person").text) == learn
    audit = server.services.audit
    runs = [
        row for row in audit.each_row() if (row.event.action, row.event.phase) == ("identity.run", "intent")
    ]
    assert f'"learn": {str(learn).lower()}' in audit.question(runs[-1])
    assert post(server, "/runs", {"learn": True}, "reader").status_code == 403


def test_a_cancelled_run_judges_nothing(server: Server) -> None:
    made = post(server, "/runs", {}, "loader").json()
    job = server.services.jobs.claim()
    assert job is not None
    server.request("DELETE", f"/v1/jobs/{made['id']}", "loader")
    assert child.run(server.services.settings.workspace, "embedded", job.id, job.attempt) == 0
    assert server.get(f"/v1/jobs/{made['id']}", "loader").json()["state"] == "cancelled"
    assert len(server.get("/v1/identity/runs").json()["runs"]) == 1
