"""Business-link paths: through a business or not at all, the telling before the common, hubs named and not crossed."""

from __future__ import annotations

import pytest

from analytics.errors import ScopeError, SubjectError
from analytics.paths import Bounds, BusinessPathQuery, business_paths
from analytics.paths.cheapest import k_cheapest
from analytics.paths.joins import EXPORT, weight_of
from tests.unit.analytics.memory_view import MemoryView


def view() -> MemoryView:
    """Ann and Bo run one company; Cy's company shares a phone with it; 60 companies sit at an agent's address."""
    made = MemoryView()
    for uid in ("ann", "bo", "cy", "dee"):
        made.add(uid, caption=uid.title())
    for uid in ("washco", "cyco"):
        made.add(uid, "Business", uid.title())
    made.add("phone", "Phone", "07700900001")
    made.add("agent", "Location", "1 Agent Row")
    made.join("OFFICER_OF", "ann", "washco", role="director")
    made.join("PSC_OF", "ann", "washco", share_min=0.75, share_max=1.0)
    made.join("OFFICER_OF", "bo", "washco", role="secretary")
    made.join("OFFICER_OF", "cy", "cyco")
    made.join("USES_PHONE", "washco", "phone")
    made.join("USES_PHONE", "cyco", "phone")
    for at in range(60):
        made.add(f"shelf{at:02d}", "Business")
        made.join("REGISTERED_AT", f"shelf{at:02d}", "agent")
    made.join("REGISTERED_AT", "washco", "agent")
    made.join("OFFICER_OF", "dee", "shelf07")
    return made


def test_two_officers_of_one_company_are_joined_by_it_with_all_reasons() -> None:
    (path,) = business_paths(view(), "ann", "bo").paths
    assert [actor.uid for actor in path.actors] == ["ann", "washco", "bo"]
    assert path.cost == 2.0
    first = path.steps[0].joins
    assert [join.kind for join in first] == ["officer", "ownership"]
    assert first[0].texts == ("Ann is officer of Washco (director)",)
    assert first[1].texts == ("Ann is person with significant control of Washco (75-100 %)",)
    assert path.rids == ("r-l000000-0", "r-l000001-0", "r-l000002-0")


def test_a_shared_phone_joins_two_businesses() -> None:
    (path,) = business_paths(view(), "ann", "cy").paths
    assert [actor.uid for actor in path.actors] == ["ann", "washco", "cyco", "cy"]
    join = path.steps[1].joins[0]
    assert (join.kind, join.via, join.lids) == ("shared phone", ("phone",), ("l000004", "l000005"))
    assert join.texts == ("Washco is user of phone 07700900001", "Cyco is user of phone 07700900001")
    assert path.cost == 4.0


def test_an_agents_address_is_named_and_not_crossed() -> None:
    found = business_paths(view(), "ann", "dee")
    assert found.paths == ()
    assert [(hub.uid, hub.kind, hub.degree) for hub in found.hubs] == [("agent", "address", 61)]
    wider = business_paths(view(), "ann", "dee", BusinessPathQuery(hub_limit=100))
    assert wider.paths[0].cost == pytest.approx(1 + 2 + weight_of(61) + 1)
    assert wider.hubs == ()


def test_two_persons_at_one_address_are_no_business_link() -> None:
    made = view()
    made.add("flat", "Location")
    made.join("LIVES_AT", "ann", "flat")
    made.join("LIVES_AT", "dee", "flat")
    assert business_paths(made, "ann", "dee").paths == ()


def test_a_nominee_joins_nobody_but_may_be_asked_about() -> None:
    made = view()
    made.add("nominee")
    for at in range(60):
        made.join("OFFICER_OF", "nominee", f"shelf{at:02d}")
    made.join("OFFICER_OF", "cy", "shelf09")
    found = business_paths(made, "dee", "cy")
    assert found.paths == ()
    assert ("nominee", "officer", 60) in [(hub.uid, hub.kind, hub.degree) for hub in found.hubs]
    (path,) = business_paths(made, "nominee", "dee").paths
    assert path.cost == 2.0


def test_payments_between_accounts_join_their_holders() -> None:
    made = view()
    for account, holder in (("acc1", "washco"), ("acc2", "cyco"), ("acc3", "dee")):
        made.add(account, "Account")
        made.join("HOLDS_ACCOUNT", holder, account)
    made.join("PAYS", "acc1", "acc3", amount_pence=500)
    (path,) = business_paths(made, "bo", "dee").paths
    assert [step.joins[0].kind for step in path.steps] == ["officer", "payments"]
    assert path.steps[1].joins[0].via == ("acc1", "acc3")
    assert path.cost == 1 + 3


def test_a_busy_account_and_a_crowded_one_join_nobody() -> None:
    made = view()
    for account, holder in (("acc1", "washco"), ("acc3", "dee")):
        made.add(account, "Account")
        made.join("HOLDS_ACCOUNT", holder, account)
    made.join("PAYS", "acc1", "acc3")
    for at in range(55):
        made.add(f"pay{at:02d}", "Account")
        made.join("PAYS", f"pay{at:02d}", "acc3")
    found = business_paths(made, "bo", "dee")
    assert found.paths == ()
    assert ("acc3", "payments", 56) in [(hub.uid, hub.kind, hub.degree) for hub in found.hubs]


def test_arrays_given_are_used_and_answers_repeat() -> None:
    made = view()
    assert business_paths(made, "ann", "cy", arrays=made.export(EXPORT)) == business_paths(made, "ann", "cy")


def test_refusals() -> None:
    with pytest.raises(SubjectError, match="no such entity"):
        business_paths(view(), "ann", "nobody")
    with pytest.raises(SubjectError, match="not Phone"):
        business_paths(view(), "ann", "phone")
    with pytest.raises(SubjectError, match="same entity"):
        business_paths(view(), "ann", "ann")
    with pytest.raises(ScopeError, match="k must be"):
        business_paths(view(), "ann", "bo", BusinessPathQuery(k=0))


def test_the_search_stops_at_its_bounds_and_says_so() -> None:
    def ladder(vertex: int) -> dict[int, float]:
        return {other: 1.0 for other in (vertex - 1, vertex + 1) if 0 <= other <= 50}

    assert k_cheapest(0, 50, ladder, 1, Bounds(vertices=10)).truncated
    assert k_cheapest(0, 50, ladder, 1, Bounds(max_cost=10)).paths == ()
    whole = {at: {other: 1.0 for other in range(9) if other != at} for at in range(9)}
    assert k_cheapest(0, 8, whole.__getitem__, 5_000, Bounds(partial=50)).truncated
    assert k_cheapest(0, 0, whole.__getitem__, 1).paths == ()
    assert [path for _, path in k_cheapest(0, 8, whole.__getitem__, 4).paths] == [
        (0, 8),
        (0, 1, 8),
        (0, 2, 8),
        (0, 3, 8),
    ]
