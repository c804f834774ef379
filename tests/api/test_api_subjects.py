"""Every route that reads data, asked about something hidden by everybody who is barred: as if it had never been."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphcore.access import Grantee, Scope
from graphcore.evidence.ledger.grants import GrantBook, NewGrant
from tests.api import world
from tests.api.client import Server
from tests.api.conftest import World
from tests.api.test_api_access import HOLDER, call, operations
from tests.api.test_api_hidden import MOMENT

UNKNOWN = "a" * 24


def reads(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    return [one for one in operations(server) if one[2]["x-role"] == "reader"]


@pytest.fixture(scope="module")
def expired(server: Server) -> None:
    """`reader` had a grant over the hidden compartment; it ran out a moment ago."""
    workspace = server.services.workspace
    past = datetime.now(UTC) - timedelta(days=2)
    book = GrantBook(workspace.ledger._database, lambda: past)
    book.give(
        NewGrant(
            Grantee.SUBJECT, "reader", Scope.COMPARTMENT, "KESTREL", "Larkspur", past + timedelta(days=1)
        ),
        by="owner",
        reason="it is over",
    )


@pytest.mark.catalogue("A04", "A05", "A06", "A07")
@pytest.mark.parametrize("who", ["reader", "low"])
@pytest.mark.usefixtures("expired")
def test_what_is_hidden_answers_on_every_route_as_what_never_was(
    server: Server, loaded: World, who: str
) -> None:
    rest = {ref: loaded.uids[ref] for ref in (world.MAGS, world.DEV)}
    found = reads(server)
    assert len(found) > 20
    for operation in found:
        hidden = call(server, operation, {**rest, world.WASH: loaded.uids[world.SECRET]}, who)
        unknown = call(server, operation, {**rest, world.WASH: UNKNOWN}, who)
        assert hidden.status_code == unknown.status_code, operation[:2]
        bodies = [MOMENT.sub(b"", one.content) for one in (hidden, unknown)]
        # where the answer repeats the id that was asked about, it does so for both
        ids = (loaded.uids[world.SECRET].encode(), UNKNOWN.encode())
        assert bodies[0].replace(ids[0], b"ID") == bodies[1].replace(ids[1], b"ID"), operation[:2]


@pytest.mark.catalogue("A03")
def test_a_wrong_purpose_is_refused_on_every_route_that_reads(server: Server, loaded: World) -> None:
    wrong = {"X-Purpose": "curiosity", "X-Purpose-Reason": "x"}
    for operation in operations(server):
        if operation[2]["x-purpose"]:
            holder = next(name for role, name in HOLDER.items() if role == operation[2]["x-role"])
            answer = call(server, operation, loaded.uids, holder, purpose=False, headers=wrong)
            assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "purpose"), (
                operation[:2]
            )


@pytest.mark.catalogue("A34")
def test_no_count_opens_wider_than_what_the_reader_may_list(server: Server, loaded: World) -> None:
    """Statistics are counts of the view, so that no difference of two counts tells of a hidden record."""
    counts = server.get("/v1/stats").json()
    measured = server.get("/v1/measures/degree?top=100").json()
    listed = {row["uid"] for row in measured["rows"]}
    assert counts["entities"] == len(listed) == 7
    assert loaded.uids[world.SECRET] not in listed
    by_type = {
        kind: len(server.get(f"/v1/measures/degree?top=100&type={kind}").json()["rows"])
        for kind in counts["by_type"]
    }
    assert by_type == counts["by_type"]
    assert server.get("/v1/stats", "low").json()["by_type"] == {}
