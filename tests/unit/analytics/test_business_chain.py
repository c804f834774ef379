"""The business chain of an invented car-wash business: every section, every gap, the time it is drawn for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analytics.business import BusinessChain, Control, Role, Share, business_chain
from analytics.errors import SubjectError
from tests.unit.analytics.memory_view import MemoryView

ENDED = "2024-06-30T00:00:00.000000Z"


def view() -> MemoryView:
    made = MemoryView()
    for uid, caption in (
        ("head", "Ada Moss"),
        ("wife", "Bea Moss"),
        ("nominee", "Cal Dunn"),
        ("old", "Des Park"),
        ("staff", "Eli Frost"),
    ):
        made.add(uid, caption=caption)
    made.add("hold", "Business", "Sudsworth Holdings Ltd")
    made.add("wash", "Business", "Sudsworth Hand Car Wash Ltd", incorporated_on="2023-02-01")
    made.add(
        "wash0", "Business", "Sudsworth Car Wash Ltd", dissolved_on="2022-12", incorporated_on="2019-01-01"
    )
    made.add("unit2", "Business", "Sudsworth Unit Two Ltd")
    made.add("chem", "Business", "Fleece Chemicals Ltd")
    made.add("sub", "Business", "Sudsworth Valeting Ltd")
    made.add("yard", "Location", "4 Tallow Quay")
    made.add("agent", "Location", "1 Lamplighter Court")
    made.add("phone", "Phone", "07700900100")
    made.add("acc", "Account", "ACC1")
    made.add("acc2", "Account", "ACC2")
    made.add("acc3", "Account", "ACC3")
    made.add("ocg", "OrganisedCrimeGroup", "Sudsworth Group")
    made.join("PSC_OF", "head", "hold", share_min=0.5, share_max=0.75)
    made.join("PSC_OF", "hold", "wash", share_min=0.75, share_max=1.0)
    made.join("PSC_OF", "old", "wash", end=ENDED, share_min=0.25, share_max=0.5)
    made.join("OWNS", "wash", "sub", share_min=1.0, share_max=1.0)
    made.join("OFFICER_OF", "nominee", "wash", role="director")
    made.join("OFFICER_OF", "nominee", "wash0", role="director", end=ENDED)
    made.join("REGISTERED_AT", "wash", "agent")
    made.join("REGISTERED_AT", "wash0", "yard")
    made.join("TRADES_FROM", "wash", "yard")
    made.join("USES_PHONE", "wash", "phone")
    made.join("USES_PHONE", "wife", "phone")
    made.join("FRANCHISE_OF", "unit2", "wash", brand="Sudsworth")
    made.join("SUPPLIES", "chem", "wash", goods="shampoo")
    made.join("EMPLOYS", "wash", "staff")
    made.join("MEMBER_OF", "head", "ocg", role="head")
    made.join("FAMILY_OF", "nominee", "wife")
    made.join("MEMBER_OF", "wife", "ocg", role="finance manager")
    for account, holder in (("acc", "wash"), ("acc2", "hold"), ("acc3", "chem")):
        made.join("HOLDS_ACCOUNT", holder, account)
    made.join("PAYS", "acc", "acc2", amount_pence=50_000, currency="GBP")
    made.join("PAYS", "acc3", "acc", amount_pence=10_000, currency="GBP")
    made.join("PAYS", "acc", "acc3", amount_pence=2_500, currency="GBP")
    made.join("PAYS", "acc", "acc3", currency="GBP")
    for at in range(60):
        made.add(f"shelf{at:02d}", "Business")
        made.join("REGISTERED_AT", f"shelf{at:02d}", "agent")
    return made


@pytest.fixture(scope="module")
def chain() -> BusinessChain:
    return business_chain(view(), "wash")


def gaps(chain: BusinessChain) -> dict[str, str]:
    return {gap.uid: gap.kind for gap in chain.gaps}


def test_owners_and_interests_with_intervals(chain: BusinessChain) -> None:
    assert [(i.owner, i.economic, i.control) for i in chain.owners] == [
        ("hold", Share(0.75, 1.0), Control.CERTAIN), ("head", Share(0.375, 0.75), Control.CERTAIN),
    ]  # fmt: skip
    assert [(i.owned, i.economic) for i in chain.interests] == [("sub", Share(1.0, 1.0))]
    assert {uid: chain.node(uid).level for uid in ("wash", "hold", "head", "sub")} == {
        "wash": 0,
        "hold": 1,
        "head": 2,
        "sub": -1,
    }


def test_former_owners_are_drawn_and_not_counted(chain: BusinessChain) -> None:
    assert chain.node("old").roles == (Role.FORMER,)
    assert not chain.link("l000002").current
    assert "old" not in {interest.owner for interest in chain.owners}


def test_at_an_earlier_time_the_former_owner_is_one() -> None:
    earlier = business_chain(view(), "wash", on=datetime(2024, 1, 1, tzinfo=UTC))
    assert "old" in {interest.owner for interest in earlier.owners}
    assert earlier.on == datetime(2024, 1, 1, tzinfo=UTC)


def test_owners_that_no_record_names_are_drawn(chain: BusinessChain) -> None:
    unknown = chain.node("unknown:hold")
    assert (unknown.entity, unknown.roles, unknown.level) == (None, (Role.UNKNOWN_OWNER,), 2)
    link = chain.link("unknown:hold")
    assert (link.share, link.target) == (Share(0.25, 0.5), "hold")
    assert "unknown:wash" not in {node.uid for node in chain.nodes}
    assert gaps(chain)["hold"] == "owner unknown"


def test_officers_with_their_appointments(chain: BusinessChain) -> None:
    assert [(a.person, a.business, a.role, a.current, a.appointments) for a in chain.officers] == [
        ("nominee", "wash", "director", True, 2)
    ]
    assert Role.OFFICER in chain.node("nominee").roles


def test_shared_things_are_weighted_and_hubs_discounted(chain: BusinessChain) -> None:
    shared = {thing.uid: thing for thing in chain.shared}
    assert (shared["phone"].others, shared["phone"].joins, shared["phone"].weight) == (("wife",), 2, 1.0)
    assert (shared["yard"].others, shared["yard"].kind) == (("wash0",), "address")
    assert (shared["agent"].discounted, shared["agent"].others, shared["agent"].joins) == (True, (), 61)
    assert gaps(chain)["agent"] == "widely shared"
    assert not any(node.uid.startswith("shelf") for node in chain.nodes)


def test_franchise_supply_and_staff(chain: BusinessChain) -> None:
    ends = {
        lid: (chain.link(lid).source, chain.link(lid).target)
        for lid in (*chain.franchise, *chain.supply, *chain.workforce)
    }
    assert sorted(ends.values()) == [("chem", "wash"), ("unit2", "wash"), ("wash", "staff")]
    assert Role.FRANCHISE in chain.node("unit2").roles


def test_a_phoenix_shows_with_its_reasons(chain: BusinessChain) -> None:
    (hint,) = chain.phoenix
    assert (hint.earlier, hint.later) == ("wash0", "wash")
    assert hint.reasons == (
        "ended 2022-12-01, the other began 2023-02-01", "same officer or owner: Cal Dunn", "same location: 4 Tallow Quay",
        "names share most words",
    )  # fmt: skip


def test_without_a_day_of_dissolution_the_last_appointment_ends_it() -> None:
    made = MemoryView()
    made.add("ann")
    made.add("yard", "Location")
    made.add("first", "Business", "Brightwheel Ltd", status="Liquidation")
    made.add("second", "Business", "Other Name Ltd", incorporated_on="2024-08-01")
    made.join("OFFICER_OF", "ann", "first", end=ENDED)
    made.join("OFFICER_OF", "ann", "second")
    for business in ("first", "second"):
        made.join("REGISTERED_AT", business, "yard")
    (hint,) = business_chain(made, "second").phoenix
    assert (hint.earlier, hint.later, hint.reasons[0]) == (
        "first",
        "second",
        "ended 2024-06-30, the other began 2024-08-01",
    )


def test_money_in_and_out(chain: BusinessChain) -> None:
    (money,) = chain.money
    assert (money.currency, money.accounts) == ("GBP", ("acc", "acc2"))
    assert (money.inside_pence, money.inward_pence, money.outward_pence) == (50_000, 10_000, 2_500)
    assert (money.payments, money.unpriced) == (4, 1)
    (other,) = money.counterparts
    assert (other.account, other.holders, other.in_pence, other.out_pence, other.payments) == (
        "acc3",
        ("chem",),
        10_000,
        2_500,
        3,
    )


def test_groups_with_the_way_to_them(chain: BusinessChain) -> None:
    assert [(way.via, way.role, way.distance, way.uids) for way in chain.groups] == [
        ("head", "head", 3, ("wash", "hold", "head", "ocg")),
        ("wife", "finance manager", 3, ("wash", "nominee", "wife", "ocg")),
    ]
    assert set(chain.groups[1].lids) <= {link.lid for link in chain.links}
    assert chain.node("ocg").roles == (Role.GROUP,)


def test_every_link_has_both_ends_and_evidence_is_named(chain: BusinessChain) -> None:
    uids = {node.uid for node in chain.nodes}
    assert all({link.source, link.target} <= uids for link in chain.links)
    assert "r-l000000-0" in chain.rids
    assert list(chain.rids) == sorted(set(chain.rids))
    assert chain.labels == (0, 1)
    assert not chain.truncated
    assert business_chain(view(), "wash") == chain


def test_from_a_person_the_businesses_and_their_other_owners_show() -> None:
    chain = business_chain(view(), "head")
    assert {(i.owner, i.owned) for i in chain.interests} == {
        ("head", "hold"),
        ("head", "wash"),
        ("head", "sub"),
    }
    assert chain.node("unknown:hold").level == 0
    assert (chain.groups[0].group, chain.groups[0].distance) == ("ocg", 1)
    officer = business_chain(view(), "nominee")
    assert {interest.owner for interest in officer.owners} == {"head", "hold"}
    assert officer.interests == ()
    assert officer.node("wash0").roles[0] is Role.FORMER


def test_a_ring_ends_and_is_drawn() -> None:
    made = MemoryView()
    for uid in "abc":
        made.add(uid, "Business", f"Roundel {uid}")
    for owner, owned in ("ab", "bc", "ca"):
        made.join("PSC_OF", owner, owned, share_min=0.75, share_max=1.0)
    chain = business_chain(made, "a")
    assert chain.cycles == (("a", "b", "c"),)
    assert all(interest.economic.high == 1.0 and interest.cyclic for interest in chain.owners)
    assert [gap.kind for gap in chain.gaps] == ["ring of owners"]
    assert len(chain.links) == 3


def test_nobody_recorded_and_nobody_identified_are_two_gaps() -> None:
    made = MemoryView()
    made.add("x", "Business", "Greyfront Ltd")
    assert business_chain(made, "x").link("unknown:x").share == Share(0.0, 1.0, stated=False)
    made.add("who", "Unknown", "A person not identified")
    made.join("PSC_OF", "who", "x")
    chain = business_chain(made, "x")
    assert [gap.kind for gap in chain.gaps] == ["owner not identified"]
    assert chain.owners[0].owner == "who"
    assert "unknown:x" not in {node.uid for node in chain.nodes}


def test_a_successor_link_is_a_phoenix_hint_without_dates() -> None:
    made = MemoryView()
    made.add("one", "Business")
    made.add("two", "Business")
    made.join("SUCCESSOR_OF", "two", "one")
    (hint,) = business_chain(made, "one").phoenix
    assert (hint.earlier, hint.later, hint.reasons) == ("one", "two", ("recorded as successor",))


def test_many_appointments_are_a_gap_and_no_phoenix() -> None:
    made = view()
    for at in range(60):
        made.join("OFFICER_OF", "nominee", f"shelf{at:02d}")
    chain = business_chain(made, "wash")
    assert gaps(chain)["nominee"] == "many appointments"
    assert chain.officers[0].appointments == 62
    assert chain.phoenix == ()


def test_subjects_that_are_hidden_unknown_or_of_another_type_are_refused() -> None:
    with pytest.raises(SubjectError, match="no such entity"):
        business_chain(view(), "nobody")
    with pytest.raises(SubjectError, match="not Phone"):
        business_chain(view(), "phone")


def test_unknown_nodes_and_links_are_asked_for_by_id(chain: BusinessChain) -> None:
    with pytest.raises(KeyError):
        chain.node("nobody")
    with pytest.raises(KeyError):
        chain.link("nothing")


def test_a_group_as_subject_shows_what_it_controls() -> None:
    made = view()
    made.join("CONTROLS", "ocg", "hold", basis="intelligence")
    chain = business_chain(made, "ocg")
    assert [(i.owned, i.control) for i in chain.interests] == [
        ("hold", Control.CERTAIN), ("sub", Control.CERTAIN), ("wash", Control.CERTAIN),
    ]  # fmt: skip
    assert chain.groups == ()
    assert chain.interests[0].rule == "one chain: intervals multiplied along it"


def test_what_is_cut_is_told() -> None:
    made = MemoryView()
    made.add("firm", "Business")
    made.add("boss")
    for at in range(130):
        made.add(f"worker{at:03d}")
        made.join("EMPLOYS", "firm", f"worker{at:03d}")
    for at in range(30):
        made.add(f"firm{at:02d}", "Business", incorporated_on="2020-13-45")
        made.join("OFFICER_OF", "boss", f"firm{at:02d}")
    chain = business_chain(made, "firm")
    assert (len(chain.workforce), chain.truncated) == (100, True)
    assert "30 employment links are not drawn" in {gap.text for gap in chain.gaps}
    many = business_chain(made, "boss")
    assert "10 businesses of the subject further away were not followed" in {gap.text for gap in many.gaps}


def test_a_chain_longer_than_the_view_walks_is_cut_without_inventing_owners() -> None:
    made = MemoryView()
    for at in range(16):
        made.add(f"b{at:02d}", "Business")
    for at in range(15):
        made.join("OWNS", f"b{at + 1:02d}", f"b{at:02d}", share_min=1.0, share_max=1.0)
    chain = business_chain(made, "b00")
    assert max(node.level for node in chain.nodes) == 12
    assert [gap.kind for gap in chain.gaps] == ["limit"]
    assert chain.truncated
