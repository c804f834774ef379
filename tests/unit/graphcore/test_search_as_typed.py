"""Numbers are found however people space or prefix them."""

import pytest

from graphcore.store.embedded import EmbeddedStore
from graphcore.store.query import SearchQuery
from graphcore.store.search import as_kept, search
from tests.contract.world import PLAIN, World


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 7700 900 123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700-900123", "+447700900123"),
        ("447700900123", "+447700900123"),
        ("0161 496 0123", "+441614960123"),
        ("ab12 cde", "ab12cde"),
        ("A123 BCD", "A123BCD"),
        ("ABC 123D", "ABC123D"),
        ("Ann Lee M1 1AA", "Ann Lee M1 1AA"),
        ("00012345", "00012345"),
        ("00-15-22 15907574", "00-15-22 15907574"),
        ("flat 12 church lane", "flat 12 church lane"),
    ],
)
def test_numbers_take_the_form_that_is_kept(typed: str, kept: str) -> None:
    assert as_kept(typed) == kept


@pytest.mark.parametrize("typed", ["07700 900123", "+44 7700 900123", "+447700900123", "7700 900123"])
def test_what_was_typed_comes_first(typed: str, tmp_path) -> None:
    world = World()
    world.entity("kept", "Phone", caption="+447700900123")
    world.entity("odd", "Phone", caption="7700 900123")
    store = EmbeddedStore(tmp_path / "graph.sqlite3")
    store.prepare()
    world.into(store)
    found = [hit.entity.uid for hit in search(store.view(PLAIN), SearchQuery(typed)).hits]
    assert found == (["odd"] if typed == "7700 900123" else ["kept"])
    store.close()
