"""Shortest paths in words; what joins everybody is not walked unless asked for."""

from __future__ import annotations

import pytest

from analytics.errors import ScopeError, SubjectError
from analytics.paths import sentence, shortest_paths
from graphcore.model import Link
from graphcore.store.query import PathQuery
from tests.unit.analytics.memory_view import MemoryView


def view() -> MemoryView:
    made = MemoryView()
    for uid, caption in (("a", "Ann Lee"), ("b", "Bo Ray"), ("c", "Cy Orr")):
        made.add(uid, caption=caption)
    made.add("h", "Location", "1 Low Road")
    made.add("area", "Location", "NM1", kind="area")
    made.add("g", "Location", "2 Low Road")
    made.add("o", "PoliceOfficer", "PC Dow")
    made.add("e", "Event")
    made.add("f", "Event")
    made.join("ASSOCIATE_OF", "b", "a", basis="phone")
    made.join("ASSOCIATE_OF", "b", "c", basis="kin")
    made.join("LIVES_AT", "a", "h")
    made.join("LIVES_AT", "c", "g")
    made.join("LOCATED_IN", "h", "area")
    made.join("LOCATED_IN", "g", "area")
    return made


def test_each_step_is_a_sentence_with_its_records() -> None:
    found = shortest_paths(view(), "a", "c")
    (path,) = found.paths
    assert [step.text for step in path.steps] == [
        "Bo Ray is associate of Ann Lee (phone)", "Bo Ray is associate of Cy Orr (kin)",
    ]  # fmt: skip
    assert (path.length, path.rids) == (2, ("r-l000000-0", "r-l000001-0"))
    assert (path.steps[0].source, path.steps[0].target) == ("a", "b")
    assert found.left_out == ("INVESTIGATED_BY", "LOCATED_IN")


def test_areas_join_nobody_unless_asked_for() -> None:
    assert shortest_paths(view(), "h", "g", PathQuery(max_links=2)).paths == ()
    found = shortest_paths(view(), "h", "g", PathQuery(link_types=frozenset({"LOCATED_IN"})))
    assert [entity.uid for entity in found.paths[0].entities] == ["h", "area", "g"]
    assert found.left_out == ()


def test_hidden_and_unknown_get_the_same_words() -> None:
    with pytest.raises(SubjectError, match="no such entity"):
        shortest_paths(view(), "a", "nobody")
    with pytest.raises(ScopeError, match="KNOWS"):
        shortest_paths(view(), "a", "c", PathQuery(link_types=frozenset({"KNOWS"})))


@pytest.mark.parametrize(
    ("link_type", "values", "dates", "expected"),
    [
        ("OFFICER_OF", {"role": ("director",)}, ("2020-01-02T00:00:00.000000Z", "2021-01-02T00:00:00.000000Z"),
         "A is officer of B (director; from 2020-01-02; until 2021-01-02)"),
        ("PSC_OF", {"share_min": (0.25,), "share_max": (0.5,)}, (None, None),
         "A is person with significant control of B (25-50 %)"),
        ("OWNS", {"share_min": (1.0,), "share_max": (1.0,)}, (None, None), "A owns B (100 %)"),
        ("PAYS", {"amount_pence": (123456,), "currency": ("GBP",)}, (None, None), "A pays B (1,234.56 GBP)"),
        ("REGISTERED_AT", {}, (None, None), "A is registered at x"),
        ("NEWER_TYPE", {}, (None, None), "A is NEWER_TYPE B"),
    ],
)  # fmt: skip
def test_sentences(
    link_type: str, values: dict[str, tuple[str]], dates: tuple[str | None, str | None], expected: str
) -> None:
    far = "x" if link_type == "REGISTERED_AT" else "b"
    link = Link("l", link_type, "a", far, values, (), (), (), *dates)
    assert sentence(link, {"a": "A", "b": "B"}) == expected
