"""Non-interference over everything: tiny worlds with and without one hidden thing give the same bytes to whoever is barred.

Every reading route of the description and every analysis is asked, by three readers. A sample by default;
``WORLDS=500 pytest tests/api/test_worlds.py`` asks five hundred worlds (half an hour of one core), each hiding one thing, and
``WORLDS=40-60`` those from the fortieth on; ``WORLDS_ON_NEO4J=40`` asks the first forty of them on Neo4j too.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.auth import NewAccount, Role
from api.settings import Settings
from api.wiring import open_services
from graphcore.access import AccessContext, Grantee, Marking, Purpose, PurposeCode, Scope
from graphcore.evidence.ledger import BATCH, REFUSED_ROW, RefusedFilter
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.workspace import KEY, StoreName
from tests.api.client import PASSWORD, PURPOSE, WEAK, Server
from tests.api.test_api_access import operations
from tests.neo4j_fixture import Neo4jAddress
from tests.worlds.questions import ANALYSES, ASKED_BY_OTHERS, Known, Views, analyses, asked, request
from tests.worlds.served import CLEARED, NOW, served, uid
from tests.worlds.tiny import KINDS, TinyWorld, tiny

FIRST, _, LAST = os.environ.get("WORLDS", "").rpartition("-")
# several things hidden at once, and a world that once told of a hidden link by the weights of identity
SAMPLE = [*((at, tuple([*KINDS][at::3])) for at in range(3)), (2, ())]
CHOSEN = [(seed, ()) for seed in range(int(FIRST or 0), int(LAST))] if LAST else SAMPLE
# on Neo4j one world hides every kind of thing but a removed batch
ON_NEO4J = [
    (7, tuple(kind for kind in KINDS if kind != "removal")),
    *((seed, ()) for seed in range(int(os.environ.get("WORLDS_ON_NEO4J", "0")))),
]
UNKNOWN, NO_REFERENCE = "a" * 24, "a" * 12
ROLES = frozenset({Role.READER, Role.LOADER, Role.REVIEWER, Role.OWNER})
SENSITIVE = Marking.OFFICIAL_SENSITIVE
READERS = {
    "reader": NewAccount("reader", "Northshire", ROLES, SENSITIVE),
    "low": NewAccount("low", "Portside", ROLES),
    "former": NewAccount("former", "Northshire", ROLES, SENSITIVE),
}
# Under which ids of the moment something was made says nothing of what is in it.
MOMENT = re.compile(
    rb"20\d\d-\d\d-\d\dT[\d:.]+Z|\"id\":\"(LC|BR)-[^\"]*\"|\"sha256\":\"[^\"]*\"|(run|decision|live)-\d{8}T\d{6}Z-[0-9a-f]+"
)
OF_THE_MOMENT = {"x-request-id", "content-length"}  # the bytes are compared themselves
Answers = dict[str, object]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An empty workspace with keys and accounts, and a token for each; one reader's grant has run out."""
    folder = tmp_path_factory.mktemp("template")
    (folder / KEY).parent.mkdir()
    (folder / KEY).write_bytes(
        os.environ.get("WORLDS_KEY", "").encode().ljust(32, b"k")
    )  # ids of a seed are always the same
    services = open_services(Settings(folder, jobs=False), passwords=WEAK, clock=lambda: NOW)
    tokens: dict[str, str] = {}
    for name, profile in READERS.items():
        services.auth.create_account(profile, PASSWORD, by="test")
        tokens[name] = services.auth.issue_token(name, "test", timedelta(days=1), by="test")
    book = services.workspace.ledger.grants
    book._clock = lambda: NOW - timedelta(days=2)
    over = NewGrant(
        Grantee.SUBJECT, "former", Scope.COMPARTMENT, "KESTREL", "Larkspur", NOW - timedelta(days=1)
    )
    book.give(over, by="owner", reason="it is over")
    services.close()
    return folder, tokens


@pytest.fixture(scope="module")
def description(template: tuple[Path, dict[str, str]]) -> Iterator[list[Any]]:
    """The reading operations."""
    services = open_services(Settings(template[0], jobs=False), passwords=WEAK)
    server = Server(create_app(services.settings, services), services)
    yield asked(operations(server))
    server.close()


def answers(server: Server, world: TinyWorld, known: Known, operations: list[Any], who: str) -> Answers:
    """Of one reader: what every route and every analysis says."""
    context = context_of(server, who)
    ledger, graph = server.services.workspace.ledger, server.services.store
    views = Views(graph.view(context), ledger.view(context), known.uids)
    found: Answers = server.run(over_http(server, world, known, operations, who))
    return found | {name: named(repr(ask(views)), views) for name, ask in ANALYSES.items()}


async def over_http(
    server: Server, world: TinyWorld, known: Known, operations: list[Any], who: str
) -> Answers:
    """The answers of the routes; what is the same for everybody is asked once."""
    rng, found = random.Random(world.seed), Answers()
    headers = {**PURPOSE, "Authorization": f"Bearer {server.tokens[who]}"}
    transport = httpx.ASGITransport(server.app, raise_app_exceptions=False, client=("127.0.0.1", 5000))
    async with httpx.AsyncClient(transport=transport, headers=headers, base_url="http://localhost") as client:
        called = await references(client, server)
        for operation in operations:
            if who != "reader" and (
                operation[2]["x-role"] in {"public", "anyone"} or "/lexicon" in operation[1]
            ):
                continue
            method, path, rest = request(rng, operation, known)
            question = f"{method} {path} {rest}"
            path, rest = (_put(path, called), {"params": {}, **rest})
            rest["params"] = {name: called.get(value, value) for name, value in rest["params"].items()}
            paged = any(one["name"] == "cursor" for one in operation[2].get("parameters", ()))
            for page in range(4):
                answer = await client.request(method, path, **rest)
                assert answer.status_code < 500, (path, rest, answer.text)
                kept = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
                told = answer.status_code, kept, MOMENT.sub(b"", _named_back(answer.content, called))
                found[f"{question} page {page}"] = told
                following = answer.json().get("next") if paged and answer.status_code == 200 else None
                if not following:
                    break
                rest["params"]["cursor"] = following
    return found


async def references(client: httpx.AsyncClient, server: Server) -> dict[str, str]:
    """What this world calls the batches and refused rows that this reader sees, in their order, and one that is hidden."""
    ledger = server.services.workspace.ledger
    (batches, rows) = [
        [one["reference"] for one in (await client.get(f"/v1/ingest/{path}")).json()[name]]
        for path, name in (("batches", "batches"), ("quarantine", "rows"))
    ]
    called = {f"batch-{at}": one for at, one in enumerate(batches)}
    called |= {f"row-{at}": one for at, one in enumerate(rows)}
    hidden = [ledger.view(CLEARED).ids.reference(BATCH, one.number) for one in ledger.view(CLEARED).batches()]
    covert = [
        ledger.view(CLEARED).ids.reference(REFUSED_ROW, one.number)
        for one in ledger.view(CLEARED).refused(RefusedFilter())
    ]
    for name, all_of, seen in (("batch", hidden, batches), ("row", covert, rows)):
        called[f"{name}-hidden"] = next((one for one in all_of if one not in seen), NO_REFERENCE)
    return dict.fromkeys([*Known.batches, *Known.rows], NO_REFERENCE) | called


def _put(path: str, called: dict[str, str]) -> str:
    return "/".join(called.get(part, part) for part in path.split("/"))


def _named_back(answer: bytes, called: dict[str, str]) -> bytes:
    """Of a reference it may only be told which of those that are seen it is; one that is hidden stays as it is."""
    for name, reference in called.items():
        if reference != NO_REFERENCE and not name.endswith("hidden"):
            answer = answer.replace(reference.encode(), name.encode())
    return answer


def named(answer: str, views: Views) -> str:
    """An answer with its labels in full: their numbers stay inside, and are others where others are known."""
    labels = views.view.labels
    return re.sub(
        r"labels=\(([\d, ]*)\)",
        lambda m: str(sorted(labels[int(n)] for n in m[1].split(",") if n.strip())),
        answer,
    )


def context_of(server: Server, who: str) -> AccessContext:
    purpose = Purpose(PurposeCode(PURPOSE["X-Purpose"]), PURPOSE["X-Purpose-Reason"], PURPOSE["X-Operation"])
    profile = READERS[who]
    context = AccessContext(who, profile.organisation, profile.clearance, purpose)
    return server.services.workspace.admit(context)


def parted(here: object, there: object) -> str:
    """Where two answers first differ, with what stands around it."""
    one, other = repr(here), repr(there)
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return "\n".join(
        f"{name}: ...{said[max(at - 200, 0) : at + 200]}"
        for name, said in (("with", one), ("without", other))
    )


def check(
    template: tuple[Path, dict[str, str]],
    folder: Path,
    operations: list[Any],
    world: TinyWorld,
    store: StoreName,
) -> int:
    """Ask both worlds everything; returns how many answers were compared."""
    said: list[dict[str, Answers]] = []
    with served(template, folder / "with", world, store, hidden=True) as server:
        ledger = server.services.workspace.ledger
        uids = [uid(server.services.workspace, ref) for ref in world.refs]
        suggested = [one.suggestion_id for one in ledger.view(CLEARED).suggestions()]
        known = Known([*uids, UNKNOWN], [*sorted(ledger.all_lids()), UNKNOWN], [*suggested, UNKNOWN])
        said.append({who: answers(server, world, known, operations, who) for who in READERS})
    with served(template, folder / "without", world, store, hidden=False) as server:
        said.append({who: answers(server, world, known, operations, who) for who in READERS})
    for who in READERS:
        here, there = (one[who] for one in said)
        assert [*here] == [*there], (world.seed, world.kind, who)
        for question, answer in here.items():
            if answer != there[question]:
                pytest.fail(
                    f"world {world.seed} ({world.kind}), {who}: {question}\n"
                    + parted(answer, there[question])
                )
    return sum(map(len, said[0].values()))


def test_every_route_and_every_analysis_is_asked(description: list[Any]) -> None:
    """Whatever is new has to be put into the lists of tests/worlds/questions.py."""
    assert len(description) > 35
    assert analyses() == {*ANALYSES, *ASKED_BY_OTHERS}


@pytest.mark.catalogue("A08", "A09", "A11", "A12", "A13", "A14", "A18", "A19", "A24", "A28")
@pytest.mark.parametrize(("seed", "kinds"), CHOSEN)
def test_a_world_with_something_hidden_answers_as_the_world_without_it(
    template: tuple[Path, dict[str, str]],
    description: list[Any],
    tmp_path: Path,
    seed: int,
    kinds: tuple[str, ...],
) -> None:
    assert check(template, tmp_path, description, tiny(seed, kinds), "embedded") > 150


@pytest.mark.neo4j
@pytest.mark.catalogue("A08", "A11", "A12", "A13", "A14")
@pytest.mark.parametrize("world", ON_NEO4J)
def test_a_world_with_something_hidden_answers_on_neo4j_as_the_world_without_it(
    template: tuple[Path, dict[str, str]],
    description: list[Any],
    tmp_path: Path,
    neo4j_server: Neo4jAddress,
    monkeypatch: pytest.MonkeyPatch,
    world: tuple[int, tuple[str, ...]],
) -> None:
    neo4j_server.into(monkeypatch)
    assert check(template, tmp_path, description, tiny(*world), "neo4j") > 150
