"""Pointers tell that there is something to ask for, and nothing else; requests reach their owner; silence stays silent."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graphcore.access import Pointer, Retention
from graphcore.evidence import OriginRef
from graphcore.workspace import Workspace
from tests.api import world
from tests.api.client import Server, start
from tests.api.conftest import World
from tests.api.test_api_hidden import MOMENT, QUESTIONS

NUMBER = "07700 900123"


def hold(folder: Path, refs: list[OriginRef], pointer: Pointer, *, hidden: bool) -> None:
    """Hold the records of some entities as pointers: those under the compartment, or the open ones."""
    label = world.HIDDEN if hidden else world.OPEN
    with Workspace.open(folder) as workspace:
        ids = [workspace.ids.origin(ref.source, ref.entity_type, ref.reference) for ref in refs]
        states = workspace.ledger.entity_states(ids)
        labels = workspace.ledger.labels()
        rids = [
            one.rid
            for state in states
            for one in state.assertions
            if labels[one.label].compartment == label.compartment
        ]
        workspace.ledger.holdings.hold(
            rids, Retention.CURRENT, pointer, by="owner", reason="may be asked for"
        )
        store = workspace.store()
        store.prepare()
        workspace.projection(store).catch_up()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("pointers")
    return World(folder, world.build(folder))


@pytest.fixture(scope="module")
def pointing(kept: World) -> Iterator[Server]:
    """The hidden alias of the car wash, and the phone to those who are not cleared for it, are held as pointers."""
    hold(kept.folder, [world.WASH], Pointer.CONTACT, hidden=True)
    hold(kept.folder, [world.PHONE], Pointer.EXISTS, hidden=False)
    made = start(kept.folder)
    yield made
    made.close()


def find(server: Server, who: str = "reader", **params: str) -> list[dict[str, Any]]:
    answer = server.get("/v1/pointers", who, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["pointers"]


@pytest.mark.catalogue("A11")
def test_a_pointer_tells_whom_to_ask_and_silence_tells_nothing(pointing: Server, kept: World) -> None:
    (told,) = find(pointing, uid=kept.uids[world.WASH])
    assert (told["answers"], told["organisation"], told["contact"]) == ("contact", "Northshire", "Northshire")
    assert set(told) == {"pointer", "answers", "organisation", "contact"}
    assert find(pointing, "cleared", uid=kept.uids[world.WASH]) == []  # who sees it needs no pointer
    # the hidden person, their membership and their phone are silent
    for uid in (kept.uids[world.SECRET], kept.uids[world.GANG], kept.uids[world.PHONE], "a" * 24):
        assert find(pointing, uid=uid) == []


def test_a_key_is_asked_about_exactly_and_only_the_existence_is_told(pointing: Server) -> None:
    (told,) = find(pointing, "low", type="Phone", value=NUMBER)
    assert (told["answers"], told["organisation"], told["contact"]) == ("exists", None, None)
    assert find(pointing, "low", type="Phone", value="+447700900123")[0] == told
    for value in ("07700 90012", "+4477009001234", "%", "*", '"', "+44"):
        assert find(pointing, "low", type="Phone", value=value) == []
    assert find(pointing, "low", type="Person", value=NUMBER) == []
    assert find(pointing, "reader", type="Phone", value=NUMBER) == []
    for params in ({}, {"type": "Phone"}, {"value": "x"}, {"uid": "a", "type": "Phone", "value": "x"}):
        assert pointing.get("/v1/pointers", "reader", params=params).status_code == 422


@pytest.fixture(scope="module")
def without(kept: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same world under the same key, where the hidden records never were."""
    folder = tmp_path_factory.mktemp("innocent")
    shutil.copytree(kept.folder / "keys", folder / "keys")
    (folder / "keys" / "audit.key").unlink()
    world.build(folder, hidden=False)
    hold(folder, [world.PHONE], Pointer.EXISTS, hidden=False)
    made = start(folder)
    yield made
    made.close()


@pytest.mark.catalogue("A11", "A31")
@pytest.mark.parametrize("who", ["reader", "low"])
def test_everything_but_the_pointer_is_as_if_the_hidden_records_never_were(
    pointing: Server, without: Server, kept: World, who: str
) -> None:
    names = {ref: kept.uids[getattr(world, ref.upper())] for ref in ("wash", "phone", "gang", "mags", "dev")}
    silent = (
        "/v1/pointers?uid={gang}",
        "/v1/pointers?uid={phone}",
        "/v1/pointers?type=Phone&value=%2B447700900123",
    )
    for question in (*QUESTIONS, *silent, "/v1/requests", "/v1/notices"):
        path = question.format(**names)
        here, there = pointing.get(path, who), without.get(path, who)
        assert here.status_code == there.status_code, path
        assert MOMENT.sub(b"", here.content) == MOMENT.sub(b"", there.content), path
    assert find(without, uid=names["wash"]) == []


def ask(server: Server, kept: World, question: str = "What is behind it?") -> dict[str, Any]:
    uid = kept.uids[world.WASH]
    body = {"uid": uid, "pointer": find(server, uid=uid)[0]["pointer"], "question": question}
    answer = server.request("POST", "/v1/requests", "reader", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def do(server: Server, request: dict[str, Any], verb: str, who: str = "owner", **body: str) -> Any:
    return server.request("POST", f"/v1/requests/{request['id']}/{verb}", who, json=body)


@pytest.mark.catalogue("U17")
def test_a_request_reaches_its_owner_and_the_answer_is_a_disclosure(pointing: Server, kept: World) -> None:
    asked = ask(pointing, kept)
    assert (asked["state"], asked["organisation"], asked["overdue"]) == ("open", "Northshire", False)
    assert ask(pointing, kept)["id"] == asked["id"]  # one that waits is not sent twice
    (mine,) = [
        one
        for one in pointing.get("/v1/requests/inbox", "owner").json()["requests"]
        if one["id"] == asked["id"]
    ]
    assert (mine["asked_by"], mine["purpose"], mine["operation"], mine["uid"]) == (
        "reader", "investigation", "Larkspur", kept.uids[world.WASH],
    )  # fmt: skip
    made = do(pointing, asked, "answer", text="The alias is a front.", gateway="DPA 2018 Part 3")
    assert (made.status_code, made.json()["state"], made.json()["took_s"] >= 0) == (200, "answered", True)
    (seen,) = [one for one in pointing.get("/v1/requests").json()["requests"] if one["id"] == asked["id"]]
    assert (seen["steps"][0]["text"], seen["steps"][0]["gateway"]) == (
        "The alias is a front.",
        "DPA 2018 Part 3",
    )
    assert "uid" not in seen
    for verb, body in (
        ("answer", {"text": "x", "gateway": "x"}),
        ("refuse", {"why": "x"}),
        ("escalate", {"why": "x"}),
    ):
        assert do(pointing, asked, verb, **body).status_code == 409
    events = [
        row.event for row in pointing.services.audit.rows(0, 10_000) if row.event.action == "request.answer"
    ]
    intent = next(one for one in events if one.phase == "intent")
    assert (intent.operation, intent.recipients, intent.gateway) == (
        "disclosure", ("reader", "Northshire"), "DPA 2018 Part 3",
    )  # fmt: skip
    assert intent.entities == (kept.uids[world.WASH],)


def test_requests_of_others_and_of_closed_compartments_are_not_there(pointing: Server, kept: World) -> None:
    asked = ask(pointing, kept)
    services = pointing.services
    from api.auth import NewAccount, Role
    from tests.api.client import PASSWORD, SENSITIVE

    if "outside" not in pointing.tokens:
        profile = NewAccount("outside", "Northshire", frozenset({Role.OWNER, Role.READER}), SENSITIVE)
        services.auth.create_account(profile, PASSWORD, by="test")
        pointing.tokens["outside"] = services.auth.issue_token(
            "outside", "test", timedelta(hours=1), by="test"
        )
    assert pointing.get("/v1/requests/inbox", "outside").json()["requests"] == []
    assert do(pointing, asked, "answer", "outside", text="x", gateway="x").status_code == 404
    assert pointing.get("/v1/requests", "cleared").json()["requests"] == []
    assert do(pointing, asked, "chase", "cleared", why="x").status_code == 404
    body = {
        "uid": kept.uids[world.WASH],
        "pointer": find(pointing, uid=kept.uids[world.WASH])[0]["pointer"],
        "question": "x",
    }
    assert pointing.request("POST", "/v1/requests", "low", json=body).status_code == 404  # another's pointer
    assert do(pointing, asked, "refuse", why="source at risk").json()["state"] == "refused"


def test_a_request_can_go_up_and_still_be_answered(
    pointing: Server, kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(pointing, kept, "And now?")
    assert do(pointing, asked, "chase", "reader", why="it is late").status_code == 409
    later = datetime.now(UTC) + timedelta(days=6)
    monkeypatch.setattr(pointing.services, "clock", lambda: later)
    (seen,) = [one for one in pointing.get("/v1/requests").json()["requests"] if one["id"] == asked["id"]]
    assert seen["overdue"]
    assert do(pointing, asked, "chase", "reader", why="it is late").json()["state"] == "escalated"
    assert do(pointing, asked, "escalate", why="too").status_code == 409
    assert do(pointing, asked, "answer", text="Call us.", gateway="MoPI").json()["state"] == "answered"


def declare(server: Server, operation: str, *, opened: bool) -> None:
    body = {"open": opened, "contact": f"desk of {operation}", "why": "test"}
    assert server.request("PUT", f"/v1/operations/{operation}", "owner", json=body).status_code == 200


def look(server: Server, who: str, operation: str, uid: str) -> None:
    server.get(f"/v1/entities/{uid}", who, headers={"X-Operation": operation})


def notices(server: Server, who: str) -> list[tuple[str, str, str]]:
    found = server.get("/v1/notices", who).json()["notices"]
    return [(one["uid"], one["operation"], one["contact"]) for one in found]


@pytest.mark.catalogue("A21")
def test_two_open_operations_on_one_nominal_are_told_and_a_silent_one_never_is(
    pointing: Server, kept: World
) -> None:
    mags, dev, secret = (kept.uids[ref] for ref in (world.MAGS, world.DEV, world.SECRET))
    look(pointing, "cleared", "Silent", mags)
    declare(pointing, "Alder", opened=True)
    declare(pointing, "Birch", opened=True)
    look(pointing, "reader", "Alder", mags)
    assert notices(pointing, "reader") == []
    look(pointing, "cleared", "Birch", mags)
    look(pointing, "cleared", "Birch", dev)
    look(pointing, "cleared", "Birch", secret)
    look(pointing, "reader", "Alder", secret)  # does not exist for this reader, so nothing is put down
    assert notices(pointing, "reader") == [(mags, "Birch", "desk of Birch")]
    assert notices(pointing, "cleared") == [(mags, "Alder", "desk of Alder")]
    assert notices(pointing, "low") == []
    declare(pointing, "Birch", opened=False)
    assert notices(pointing, "reader") == notices(pointing, "cleared") == []


def test_nothing_of_requests_is_altered(pointing: Server, kept: World) -> None:
    import sqlite3

    asked = ask(pointing, kept, "What of the trail?")
    assert do(pointing, asked, "refuse", why="source at risk").status_code == 200
    declare(pointing, "Cedar", opened=True)
    look(pointing, "reader", "Cedar", kept.uids[world.DEV])
    declare(pointing, "Cedar", opened=False)
    raw = sqlite3.connect(kept.folder / "requests.sqlite3")
    for table in ("request", "step", "interest"):
        assert raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
    for statement in (
        "UPDATE request SET question = 'x'",
        "DELETE FROM request",
        "DELETE FROM step",
        "DELETE FROM interest",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="never altered"):
            raw.execute(statement)
    raw.close()


@pytest.mark.catalogue("A20")
def test_a_load_of_what_is_there_in_secret_counts_as_new_and_nothing_tells(tmp_path: Path) -> None:
    """The same row, under an open label, where the covert one is held already and where it never was."""
    from graphcore.evidence import EntityRecord

    counts, lines = [], []
    for hidden in (True, False):
        folder = tmp_path / str(hidden)
        (folder / "keys").mkdir(parents=True)
        (folder / "keys" / "ids.key").write_bytes(b"k" * 32)
        world.build(folder, hidden=hidden)
        with Workspace.open(folder, clock=lambda: world.KNOWN) as workspace:
            batch = workspace.ledger.begin_batch(world.SOURCE, "more.csv", "hash 2", "mapping")
            row = EntityRecord(world.SECRET, "", {"name": ("Quentin Veil",)}, world.evidence(20))
            counts.append(workspace.ledger.append(batch, [row], (), 1))
            done = workspace.ledger.finish_batch(batch)
            lines.append((done.counts, done.rows_done))
    assert counts[0] == counts[1]
    assert lines[0] == lines[1]
