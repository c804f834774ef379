"""What the server keeps between requests counts no longer than it is true: tokens, grants and neighbourhoods."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.auth import AuthService
from graphcore.access import Grantee, Scope
from graphcore.audit.log import utc_now
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.workspace import Workspace
from tests.api import world
from tests.api.client import Server
from tests.api.conftest import World


def around(server: Server, loaded: World, who: str = "reader") -> tuple[bytes, set[str]]:
    """The neighbourhood of the phone, and the uids in it."""
    answer = server.get(f"/v1/entities/{loaded.uids[world.PHONE]}/neighbours?hops=2", who)
    assert answer.status_code == 200
    return answer.content, {one["uid"] for one in answer.json()["entities"]}


def test_a_token_that_another_process_takes_back_is_refused_from_the_next_request_on(
    fresh: Server, loaded: World
) -> None:
    around(fresh, loaded)
    token = fresh.tokens["reader"]
    assert fresh.services.auth.held(token, session=False) is not None
    other = AuthService(fresh.services.workspace.folder, fresh.services.audit, utc_now)
    other.end_sessions("reader", by="test")
    other.close()
    assert fresh.services.auth.held(token, session=False) is None
    assert fresh.get(f"/v1/entities/{loaded.uids[world.PHONE]}").status_code == 401


def test_a_token_in_memory_ends_at_its_time(fresh: Server, loaded: World) -> None:
    around(fresh, loaded)
    auth, token = fresh.services.auth, fresh.tokens["reader"]
    assert auth.held(token, session=False) is not None
    auth._clock = lambda: utc_now() + timedelta(hours=2)
    assert auth.held(token, session=False) is None


@pytest.mark.catalogue("A18")
def test_a_grant_of_another_process_counts_from_the_next_request_on_and_so_does_its_end(
    fresh: Server, loaded: World
) -> None:
    secret = loaded.uids[world.SECRET]
    before, seen = around(fresh, loaded)
    assert secret not in seen
    over = NewGrant(
        Grantee.SUBJECT, "reader", Scope.COMPARTMENT, "KESTREL", "Larkspur", utc_now() + timedelta(days=1)
    )
    with Workspace.open(fresh.services.workspace.folder) as other:
        given = other.ledger.grants.give(over, by="owner", reason="joint work")
        assert secret in around(fresh, loaded)[1]
        other.ledger.grants.revoke(given.grant.grant_id, by="owner", reason="it is over")
    assert around(fresh, loaded) == (before, seen)


def test_readers_of_other_rights_never_share_what_is_kept(fresh: Server, loaded: World) -> None:
    secret = loaded.uids[world.SECRET]
    for _ in range(2):  # in either order, and again from memory
        assert secret in around(fresh, loaded, "cleared")[1]
        assert secret not in around(fresh, loaded)[1]


def test_every_answer_from_memory_has_both_its_rows(fresh: Server, loaded: World) -> None:
    around(fresh, loaded)
    before = len(fresh.services.audit.rows(0, 10_000))
    for _ in range(3):
        around(fresh, loaded)
    rows = fresh.services.audit.rows(before, 100)
    assert [row.event.phase for row in rows] == ["intent", "outcome"] * 3
    assert all(row.event.count > 3 and row.event.sent_bytes > 100 for row in rows[1::2])
