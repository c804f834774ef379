"""What nobody is told of hidden items in identity: worlds with and without them, asked by who is barred and who is cleared."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.resolution.evaluate import evaluate
from graphcore.workspace import Workspace
from tests.api import identity_world as world
from tests.api.client import Server
from tests.api.identity_client import decide, key, served, uids


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """With the covert items, loaded first, and without; under one key."""
    here, there = tmp_path_factory.mktemp("with"), tmp_path_factory.mktemp("without")
    with Workspace.open(here):
        pass
    shutil.copytree(here / "keys", there / "keys")
    made = served(here), served(there, with_hidden=False)
    yield made
    for one in made:
        one.close()


ROUTES = (
    "/v1/search?q=thistlewick",
    "/v1/search?q=emberwick",
    "/v1/entities/{will}",
    "/v1/entities/{will}/evidence",
    "/v1/entities/{phone}/neighbours?hops=2",
    "/v1/stats",
    "/v1/identity/queue",
    "/v1/identity/queue?state=superseded",
    "/v1/identity/runs",
    "/v1/identity/entities/{will}",
    "/v1/identity/entities/{phone}",
    "/v1/identity/entities/{phone3}/history",
    "/v1/identity/entities/{will}/history",
    "/v1/identity/pairs?left={will}&right={bill}",
    "/v1/identity/pairs?left={phone}&right={phone3}",
    "/v1/identity/pairs?left={ada}&right={ada2}",
    "/v1/identity/model?type=Person",
)
MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT[\d:.]+Z|run-20\d\d[0-9TZ]+-[0-9a-f]+")


@pytest.mark.catalogue("A17", "A18", "A19")
@pytest.mark.parametrize("route", ROUTES)
def test_hidden_items_change_nothing_that_the_barred_reader_is_told(
    worlds: tuple[Server, Server], route: str
) -> None:
    with_it, without = worlds
    path = route.format(**{name: key(with_it, ref) for name, ref in world.NAMED.items()})
    here, there = with_it.get(path), without.get(path)
    assert here.status_code == there.status_code == 200
    assert MOMENT.sub(b"", here.content) == MOMENT.sub(b"", there.content)


@pytest.mark.catalogue("A17")
def test_hidden_items_change_no_figure_of_an_evaluation(
    worlds: tuple[Server, Server], tmp_path: Path
) -> None:
    truth = tmp_path / "truth.csv"
    rows = [
        f"{ref.source},{ref.reference},{ref.entity_type.lower()},{name[:3]}"
        for name, ref in world.NAMED.items()
    ]
    truth.write_text("\n".join(["source,record_id,entity_type,entity_id", *rows]) + "\n", encoding="utf-8")
    barred = replace(world.ALL, compartments=frozenset[str]())
    found = []
    for one in worlds:
        ledger = one.services.workspace.ledger
        found.append(evaluate(truth, ledger.view(barred), ledger.judgements()))
    assert found[0] == found[1]


def test_the_cleared_reader_sees_the_covert_items_in_their_entities(worlds: tuple[Server, Server]) -> None:
    with_it, _ = worlds
    phone = uids(with_it, world.PHONE)[0]
    assert uids(with_it, world.COVERT_PHONE) in ([phone], uids(with_it, world.PHONE3))
    assert phone != uids(with_it, world.PHONE3)[0]
    covert = key(with_it, world.COVERT)
    assert (
        with_it.get(
            f"/v1/identity/pairs?left={covert}&right={key(with_it, world.WILL)}", "cleared"
        ).status_code
        == 200
    )


def test_a_hidden_item_is_judged_like_one_that_is_not_there(worlds: tuple[Server, Server]) -> None:
    with_it, _ = worlds
    will, covert = key(with_it, world.WILL), key(with_it, world.COVERT)
    hidden = with_it.get(f"/v1/identity/pairs?left={will}&right={covert}")
    unknown = with_it.get(f"/v1/identity/pairs?left={will}&right={'a' * 24}")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    made = decide(with_it, "same", world.WILL, world.COVERT)
    assert (made.status_code, made.content) == (404, unknown.content)
    shown = with_it.get(f"/v1/identity/entities/{covert}")
    assert (shown.status_code, shown.content) == (404, unknown.content)
