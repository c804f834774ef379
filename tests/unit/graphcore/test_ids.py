"""Ids made many at once are those made one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphcore.model import IdMaker

IDS = IdMaker(b"0123456789abcdef")
_TEXT = st.text(st.characters(codec=None), max_size=40)


@given(st.lists(st.tuples(_TEXT, _TEXT, _TEXT, _TEXT), max_size=9))
def test_many_ids_are_those_of_each(said: list[tuple[str, str, str, str]]) -> None:
    assert IDS.link_origins(said) == [IDS.link_origin(*each) for each in said]
    assert IDS.links(iter(said)) == [IDS.link(*each) for each in said]
    assert IDS.origins(each[:3] for each in said) == [IDS.origin(*each[:3]) for each in said]
    assert IDS.records(each[:2] for each in said) == [IDS.record(*each[:2]) for each in said]
