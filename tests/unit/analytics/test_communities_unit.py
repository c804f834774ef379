"""Communities: stable labels, counts inside and outside, known groups, determinism."""

from __future__ import annotations

import pytest

from analytics.errors import MeasureError, ScopeError
from analytics.measures import find_communities
from tests.unit.analytics.memory_view import MemoryView


def view() -> MemoryView:
    """Two cliques of four (a, b) and one of three (c), one link between a and b; a group known to hold a1, a2, b1."""
    made = MemoryView()
    for clique, size in (("a", 4), ("b", 4), ("c", 3)):
        uids = [made.add(f"{clique}{at}") for at in range(1, size + 1)]
        for at, one in enumerate(uids):
            for other in uids[at + 1 :]:
                made.join("ASSOCIATE_OF", one, other)
    made.join("ASSOCIATE_OF", "a1", "b1")
    made.add("lone")
    made.add("ocg", "OrganisedCrimeGroup", "Tallow Quay Group")
    for member in ("a1", "a2", "b1"):
        made.join("MEMBER_OF", member, "ocg")
    made.add("club", "Organisation")
    made.join("MEMBER_OF", "a3", "club")
    return made


def test_cliques_are_found_labelled_by_size_then_uid() -> None:
    found = find_communities(view(), entity_types={"Person"})
    assert [(c.label, c.size, c.inside, c.outside) for c in found.communities] == [
        (1, 4, 6, 1),
        (2, 4, 6, 1),
        (3, 3, 3, 0),
    ]
    assert {found.labels[uid] for uid in ("a1", "a2", "a3", "a4")} == {1}
    assert "lone" not in found.labels
    assert (found.alone, found.entities, found.links) == (1, 12, 16)
    assert found.modularity > 0.5


def test_members_and_known_groups_of_each_community() -> None:
    first = find_communities(view(), entity_types={"Person"}, top=2).communities[0]
    assert [(member.uid, member.inside) for member in first.members] == [("a1", 3), ("a2", 3)]
    assert dict(first.types) == {"Person": 4}
    assert [(share.caption, share.here, share.known) for share in first.groups] == [
        ("Tallow Quay Group", 2, 3)
    ]


def test_equal_seeds_give_equal_answers_and_other_types_count_too() -> None:
    assert find_communities(view(), seed=7) == find_communities(view(), seed=7)
    assert "ocg" in find_communities(view()).labels


def test_an_empty_view_has_no_communities() -> None:
    found = find_communities(MemoryView())
    assert (found.communities, found.modularity) == ((), 0.0)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(MeasureError, match="resolution"):
        find_communities(view(), resolution=0)
    with pytest.raises(ScopeError):
        find_communities(view(), link_types={"LIKES"})
