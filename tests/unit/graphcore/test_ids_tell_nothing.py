"""Ids are keyed: without the key of the workspace a known telephone number finds none, and no order or time is in them."""

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

from graphcore.model.ids import IdMaker
from tests.api import world

NUMBER = "+447700900123"


@pytest.mark.catalogue("A31")
def test_an_id_says_nothing_without_the_key(tmp_path: Path) -> None:
    one, two = (world.build(tmp_path / name) for name in ("a", "b"))
    assert set(one.values()).isdisjoint(
        two.values()
    )  # another workspace, another key: other ids for the same things
    guesses = {
        hashlib.new(name, text.encode()).hexdigest()
        for name in ("md5", "sha1", "sha256", "blake2b", "blake2s")
        for text in (NUMBER, world.PHONE.reference, f"{world.SOURCE}\x1fPhone\x1f{world.PHONE.reference}")
    }
    assert not guesses & {*one.values(), *two.values()}


@pytest.mark.catalogue("A31")
def test_ids_have_no_order_of_arrival(tmp_path: Path) -> None:
    ids = IdMaker(b"k" * 32)
    made = [ids.origin("s", "Person", f"P{n:06d}") for n in range(4_000)]
    rising = sum(a < b for a, b in pairwise(made))
    assert abs(rising - 2_000) < 200
    assert len(set(made)) == 4_000
    assert {len(one) for one in made} == {24}
