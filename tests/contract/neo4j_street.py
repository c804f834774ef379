"""A small fictional town for what people do in Neo4j Browser: two groups, a car-wash brand, a phoenix, layered money."""

from __future__ import annotations

from tests.contract.world import World


def iso_at(day: int, hour: int = 12) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:00:00.000000Z"


def _people(world: World) -> World:
    for uid, name in (
        ("p-ada", "Ada Tarn"), ("p-bo", "Bo Vell"), ("p-cy", "Cy Marrow"), ("p-di", "Di Quill"), ("p-ed", "Ed Sorrel"), ("p-fay", "Fay Ember"),
    ):  # fmt: skip
        world.entity(uid, "Person", caption=name, name=name)
    world.link("f1", "p-ada", "p-bo", "FAMILY_OF", relation="sibling").link(
        "f2", "p-bo", "p-cy", "ASSOCIATE_OF"
    )
    world.link("f3", "p-ada", "p-cy", "ASSOCIATE_OF").link(
        "f4", "p-ada", "p-fay", "FAMILY_OF", relation="cousin"
    )
    for n, uid in enumerate(("p-bo", "p-cy", "p-fay"), 1):
        world.entity(
            f"e-{n}",
            "Event",
            kind="crime",
            caption=f"Crime {n}",
            category="Drugs",
            occurred_on=f"2026-03-0{n}",
        )
        world.link(f"pt-{n}", uid, f"e-{n}", "PARTY_TO", role="suspect").link(
            f"oa-{n}", f"e-{n}", "l-yard", "OCCURRED_AT"
        )
    return world


def _groups(world: World) -> World:
    for uid, name in (("g-one", "Heron Group"), ("g-two", "Larch Group")):
        world.entity(uid, "OrganisedCrimeGroup", caption=name, name=name)
    world.link("m1", "p-bo", "g-one", "MEMBER_OF", role="principal").link(
        "m2", "p-cy", "g-one", "MEMBER_OF", role="money"
    )
    return world.link("m3", "p-di", "g-two", "MEMBER_OF", role="principal")


def _businesses(world: World) -> World:
    for uid, name, more in (
        ("b-hold", "Tarn Holdings Ltd", {}), ("b-head", "Sudsy Example Ltd", {"incorporated_on": "2024-05-01"}),
        ("b-branch", "Sudsy Example North Ltd", {}), ("b-old", "Foamy Example Ltd", {"dissolved_on": "2024-02-01"}),
    ):  # fmt: skip
        world.entity(uid, "Business", kind="company", caption=name, name=name, **more)
    world.entity(
        "l-yard", "Location", caption="1 Yard Lane", address="1 Yard Lane", latitude=53.5, longitude=-2.6
    )
    world.entity(
        "l-home", "Location", caption="2 Home Road", address="2 Home Road", latitude=53.5005, longitude=-2.6
    )
    world.link("o1", "p-ada", "b-hold", "PSC_OF", share_min=75, share_max=100).link(
        "o2", "b-hold", "b-head", "OWNS", share_min=100
    )
    world.link("o3", "b-branch", "b-head", "FRANCHISE_OF", brand="Sudsy")
    for n, business in enumerate(("b-head", "b-old", "b-branch")):
        world.link(f"d{n}", "p-ed", business, "OFFICER_OF", role="director").link(
            f"r{n}", business, "l-yard", "REGISTERED_AT"
        )
    world.link("d9", "p-bo", "b-head", "OFFICER_OF", role="director")
    return world.link("h1", "p-ed", "l-yard", "LIVES_AT").link("h2", "p-di", "l-home", "LIVES_AT")


def _contact(world: World) -> World:
    for n in (1, 2):
        world.entity(f"t-{n}", "Phone", caption=f"0770090000{n}", number=f"0770090000{n}")
    world.link("u1", "p-bo", "t-1", "USES_PHONE").link("u2", "p-di", "t-1", "USES_PHONE").link(
        "u3", "p-cy", "t-2", "USES_PHONE"
    )
    for n, (a, b) in enumerate((("t-1", "t-2"), ("t-2", "t-1")), 1):
        world.link(
            f"c{n}",
            a,
            b,
            "CALLS",
            reference=f"c{n}",
            duration_s=60 * n,
            valid_from=iso_at(n),
            valid_to=iso_at(n, 13),
        )
    world.entity("e-call", "Event", kind="call", caption="Call 1", occurred_at=iso_at(4))
    return world.link("x1", "t-1", "e-call", "PARTY_TO", role="caller").link(
        "x2", "t-2", "e-call", "PARTY_TO", role="called"
    )


def _money(world: World) -> World:
    for n in (1, 2, 3):
        world.entity(f"a-{n}", "Account", kind="bank", caption=f"0000000{n}", account_number=f"0000000{n}")
        world.link(f"ha{n}", ("p-ed", "b-head", "p-ada")[n - 1], f"a-{n}", "HOLDS_ACCOUNT")
    world.link("ha9", "p-bo", "a-2", "HOLDS_ACCOUNT")
    world.link(
        "pay1",
        "a-1",
        "a-2",
        "PAYS",
        reference="1",
        amount_pence=1_000_000,
        currency="GBP",
        statement_of="payer",
        valid_from=iso_at(1),
    )
    world.link("pay2", "a-2", "a-3", "PAYS", reference="2", amount_pence=950_000, valid_from=iso_at(2))
    # in the statements of both sides, and one payment
    for lid, side, on in (("pay0", "payer", iso_at(1, 1)), ("pay0b", "payee", iso_at(3, 1))):
        world.link(
            lid,
            "a-3",
            "a-1",
            "PAYS",
            reference=lid,
            amount_pence=5,
            currency="GBP",
            statement_of=side,
            valid_from=on,
        )
    return world


def street() -> World:
    """The whole town."""
    world = World()
    for build in (_businesses, _people, _groups, _contact, _money):
        build(world)
    return world
