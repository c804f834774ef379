"""What joins everybody: a hub of 100,000 links is cut to the limit, and the answer says so."""

from pathlib import Path

import pytest

from tests.api.client import start
from tests.contract.world import World


@pytest.mark.slow
@pytest.mark.catalogue("L06")
def test_hops_at_a_hub_are_capped(tmp_path: Path) -> None:
    world = World().entity("hub")
    for number in range(100_000):
        world.entity(f"s{number}").link(f"l{number}", "hub", f"s{number}")
    server = start(tmp_path)
    try:
        world.into(server.services.store)
        answer = server.get("/v1/entities/s7/neighbours", params={"hops": 3, "limit": 500})
        body = answer.json()
        assert answer.status_code == 200, answer.text
        assert body["truncated"] is True
        assert 100 < len(body["entities"]) + len(body["links"]) <= 500
        assert server.get("/v1/entities/s7/neighbours", params={"hops": 7}).status_code == 422
        lines = server.get("/v1/entities/hub/neighbours/export", params={"hops": 3}).text.splitlines()
        assert len(lines) <= 200_002
        assert server.get("/v1/health", None).status_code == 200
    finally:
        server.close()
