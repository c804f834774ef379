"""An invented organised crime business for the tests of charts and reports: nobody and nothing in it exists."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from analytics.reports.business import IndicatorNote, ReportOptions
from analytics.reports.chart import ChartOptions, InferredLink
from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode
from graphcore.evidence import Grading, GradingScheme
from graphcore.evidence.ledger.values import RecordView
from graphcore.model import Entity, Link, Neighbourhood, TimeSpan
from tests.unit.analytics.memory_view import MemoryView

NOW = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
LABELS = {
    1: AccessLabel(),
    2: AccessLabel("OFFICIAL-SENSITIVE", "3x5x2", "P", originator="Norbrook Constabulary"),
    3: AccessLabel("OFFICIAL-SENSITIVE", "3x5x2", "C", ("A1", "S2"), originator="Norbrook Constabulary"),
}
CONTEXT = AccessContext(
    subject="a.demo",
    organisation="Norbrook Constabulary",
    clearance=Marking.OFFICIAL_SENSITIVE,
    purpose=Purpose(PurposeCode.INVESTIGATION, "who profits from the car washes", "Operation Lathered"),
    may_read_conditional=True,
)


@dataclass(frozen=True)
class FakeView:
    """What renderers ask of a view."""

    context: AccessContext = CONTEXT
    labels: dict[int, AccessLabel] = field(default_factory=lambda: dict(LABELS))


def entity(uid, entity_type, caption, **more):
    properties = {name: (value,) for name, value in more.pop("properties", {}).items()}
    given = {"kind": "", "rids": (f"r-{uid}",), "labels": (1,), "sources": ("companies_register",), **more}
    return Entity(uid, entity_type, given["kind"], caption, properties, given["rids"], given["labels"], given["sources"],
                  given.get("gradings", ()))  # fmt: skip


def link(lid, link_type, source, target, **more):
    properties = {name: (value,) for name, value in more.pop("properties", {}).items()}
    given = {"rids": (f"q-{lid}",), "labels": (1,), "sources": ("companies_register",), **more}
    return Link(lid, link_type, source, target, properties, given["rids"], given["labels"], given["sources"],
                given.get("valid_from"), given.get("valid_to"), given.get("gradings", ()))  # fmt: skip


def on(day):
    return f"{day}T00:00:00.000000Z"


POLICE = {"sources": ("norbrook_intelligence",), "labels": (2,)}
CLOSED = {"sources": ("norbrook_intelligence",), "labels": (3,)}
BANK = {"sources": ("bank_disclosure",), "labels": (2,), "gradings": ("3x5x2:1A",)}
CALLS = {"sources": ("call_records",), "labels": (2,), "gradings": ("3x5x2:1A",)}


def entities():
    return (
        entity("b1", "Business", "Sudsy Hand Car Wash (Norbrook) Ltd", kind="company",
               properties={"company_number": "99000101", "status": "Active", "incorporated_on": "2021-04-06"}),
        entity("b2", "Business", "Glimmer Holdings Ltd", kind="company", properties={"company_number": "99000102"}),
        entity("b3", "Business", "Sudsy Hand Car Wash (Eastmarsh) Ltd", kind="company",
               properties={"company_number": "99000103", "status": "Active"}),
        entity("b4", "Business", "Old Bubble Valeting Ltd", kind="company",
               properties={"company_number": "99000104", "status": "Dissolved"}),
        entity("p1", "Person", "Dorian Vexley", gradings=("3x5x2:1B",), **POLICE, properties={"birth_date": "1979-05-02"}),
        entity("p2", "Person", "Marta Quillfeather", gradings=("3x5x2:2B",), **POLICE),
        entity("p3", "Person", "Osric Pemberlane", properties={"birth_date": "1991-11"}),
        entity("p4", "Person", "Wynne Tarrowby", gradings=("5x5x5:B2",), **POLICE),
        entity("g1", "OrganisedCrimeGroup", "OCG Harbourlight", gradings=("3x5x2:1B",), **CLOSED),
        entity("t1", "Phone", "+447700900117", gradings=("3x5x2:1A",), **POLICE),
        entity("t2", "Phone", "+447700900246", gradings=("3x5x2:2C",), **POLICE),
        entity("v1", "Vehicle", "ZZ21 SUD", gradings=("3x5x2:1A",), **POLICE,
               properties={"make": "Ford", "model": "Transit"}),
        entity("a1", "Account", "00-00-00 55501234", **BANK),
        entity("a2", "Account", "00-00-00 55509876", **BANK),
        entity("l1", "Location", "Unit 4, Tidegate Yard, Norbrook NB1 1ZZ", kind="premises"),
        entity("e1", "Event", "Trading standards visit 2026-01-14", gradings=("3x5x2:1A",), **POLICE),
    )  # fmt: skip


def links():
    calls = [
        link(f"c{n:02d}", "CALLS", "t1", "t2", **CALLS, valid_from=f"2026-0{1 + n % 3}-{2 + n:02d}T10:00:00.000000Z",
             properties={"duration_s": 600 + 31 * n, "kind": "voice"})
        for n in range(12)
    ]  # fmt: skip
    payments = [
        link(f"y{n}", "PAYS", "a1", "a2", **BANK, valid_from=on(f"2026-02-0{n + 1}"),
             properties={"amount_pence": 245_000 + 1_950 * n, "currency": "GBP"})
        for n in range(7)
    ]  # fmt: skip
    return (
        link("o1", "OWNS", "b2", "b1", properties={"share_min": 1.0, "share_max": 1.0}, valid_from=on("2021-04-06")),
        link("o2", "PSC_OF", "p1", "b2", properties={"share_min": 0.5, "share_max": 0.75}, valid_from=on("2021-04-06")),
        link("o3", "OFFICER_OF", "p3", "b1", properties={"role": "director"}, valid_from=on("2021-04-06")),
        link("o4", "OFFICER_OF", "p3", "b3", properties={"role": "director"}, valid_from=on("2023-09-01")),
        link("o5", "FRANCHISE_OF", "b3", "b1", **POLICE, gradings=("3x5x2:2B",), properties={"brand": "Sudsy"}),
        link("o6", "SUCCESSOR_OF", "b1", "b4", **POLICE, gradings=("3x5x2:3D",), properties={"basis": "same premises"}),
        link("o7", "CONTROLS", "p2", "b1", **POLICE, gradings=("3x5x2:2C",), properties={"basis": "gives orders"}),
        link("s1", "ASSOCIATE_OF", "p1", "p2", **POLICE, gradings=("3x5x2:1B",)),
        link("s2", "MEMBER_OF", "p2", "g1", **CLOSED, gradings=("3x5x2:1B",), properties={"role": "organiser"}),
        link("s3", "MEMBER_OF", "p4", "g1", **POLICE, gradings=("5x5x5:B2",), properties={"role": "enforcer"}),
        link("u1", "USES_PHONE", "p1", "t1", **POLICE, gradings=("3x5x2:1A",), valid_from=on("2025-06-01")),
        link("u2", "USES_PHONE", "p4", "t2", **POLICE, gradings=("3x5x2:2C",)),
        link("u3", "KEEPER_OF", "p4", "v1", **POLICE, gradings=("3x5x2:1A",)),
        link("u4", "USES_VEHICLE", "p2", "v1", **POLICE, gradings=("3x5x2:2D",)),
        link("h1", "HOLDS_ACCOUNT", "b1", "a1", **BANK),
        link("h2", "HOLDS_ACCOUNT", "p2", "a2", **BANK),
        link("l1", "TRADES_FROM", "b1", "l1"),
        link("l2", "REGISTERED_AT", "b3", "l1"),
        link("l3", "OCCURRED_AT", "e1", "l1", **POLICE, gradings=("3x5x2:1A",)),
        link("l4", "PARTY_TO", "p3", "e1", **POLICE, gradings=("3x5x2:1A",), properties={"role": "spoken to"}),
        *calls,
        *payments,
    )  # fmt: skip


def neighbourhood(*, truncated=False):
    everyone = sorted(entities(), key=lambda e: (e.uid != "b1", e.uid))
    return Neighbourhood(tuple(everyone), tuple(sorted(links(), key=lambda one: one.lid)),
                         tuple(0 if e.uid == "b1" else 1 for e in everyone), truncated)  # fmt: skip


def records(things=None):
    """One record behind each entity and link."""
    made = []
    for seq, thing in enumerate(things or [*entities(), *links()], start=1):
        scheme, _, code = (thing.gradings or ("",))[0].partition(":")
        kind = "entity" if isinstance(thing, Entity) else "link"
        made.append(
            RecordView(
                rid=thing.rids[0], seq=seq, kind=kind, type=thing.type, source=thing.sources[0],
                reference=f"REF/{seq:04d}", original={}, properties=thing.properties,
                grading=Grading(GradingScheme(scheme), code[0], code[1]) if code else None,
                label=LABELS[thing.labels[0]], valid=TimeSpan(), known_at=NOW,
                file=f"{thing.sources[0]}.csv", row=seq, batch=1,
            )
        )  # fmt: skip
    return tuple(made)


INFERRED = (InferredLink("p1", "g1", "may act for", "joined by two short paths: association, and 12 calls"),)


def options(**more):
    return ChartOptions(**{"title": "Sudsy car washes: who is behind them", "made_at": NOW, "inferred": INFERRED,
                           "records": records(), **more})  # fmt: skip


HOSTILE = (
    "<script>alert(1)</script>",
    "'}) DETACH DELETE n //",
    "evil\u202egnp.exe",
    "</script><img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}",
    "]]> & \" ' \x00\x0b\x1b]0;x\x07",
    "<a href='javascript:alert(1)'>click</a>",
    "zero\u200bwidth\U000e0041tag",
    "a" + "\u0301" * 10_000,
    "W" * 1_000_000,
    "\ud800lone",
    "__proto__",
    "",
)


def hostile_neighbourhood():
    """Every hostile text as name, kind, property, source and link property."""
    made = tuple(
        entity(
            f"h{n:02d}", "Person", text, properties={"name": text, "note": text}, sources=(text or "none",)
        )
        for n, text in enumerate(HOSTILE)
    )
    joined = tuple(
        link(
            f"x{n:02d}",
            "ASSOCIATE_OF",
            "h00",
            f"h{n:02d}",
            properties={"basis": text},
            sources=(text or "none",),
        )
        for n, text in enumerate(HOSTILE)
    )
    return Neighbourhood(made, joined, (0,) + (1,) * (len(made) - 1), truncated=False)


class CarWashView(MemoryView):
    """The invented network behind a whole view, so that chains come from the product's own code."""

    def __init__(self, entities_given=None, links_given=None):
        super().__init__()
        for one in entities_given or (*entities(), *more_entities()):
            self._entities[one.uid] = one
        for one in links_given or (*links(), *more_links()):
            self._links[one.lid] = one
            for uid in {one.source, one.target}:
                self._at[uid].append(one.lid)

    @property
    def context(self):
        return CONTEXT

    @property
    def labels(self):
        return LABELS


def more_entities():
    """What makes the chain a chain: a ring, an unknown owner abroad, a phoenix and a formation agent's address."""
    return (
        entity(
            "b5",
            "Business",
            "Ringway Nominees One Ltd",
            kind="company",
            properties={"company_number": "99000105"},
        ),
        entity(
            "b6",
            "Business",
            "Ringway Nominees Two Ltd",
            kind="company",
            properties={"company_number": "99000106"},
        ),
        entity(
            "b7",
            "Business",
            "Palmcrest Trust Company",
            kind="overseas_entity",
            properties={"country": "Atlantis"},
        ),
        entity("u1", "Unknown", "Unspecified beneficial owner"),
        entity("l2", "Location", "Suite 9, Formation House, Norbrook NB2 2ZZ", kind="address"),
    )


def more_links():
    band = {"share_min": 0.25, "share_max": 0.5}
    return (
        link("m1", "PSC_OF", "b7", "b2", properties={**band, "indirect": True}),
        link("m2", "OWNS", "b5", "b6", properties={"share_min": 0.6, "share_max": 0.6}),
        link("m3", "OWNS", "b6", "b5", properties={"share_min": 0.4, "share_max": 0.4}),
        link("m4", "OWNS", "b5", "b3", properties={"share_min": 0.51, "share_max": 0.51}),
        link("m5", "PSC_OF", "u1", "b7"),
        link("m6", "OWNS", "b1", "b3", properties={"share_min": 0.49, "share_max": 0.49}),
        link("m7", "REGISTERED_AT", "b2", "l2"),
        link("m8", "REGISTERED_AT", "b5", "l2"),
        link("m9", "OFFICER_OF", "p3", "b4", properties={"role": "director"}, valid_to=on("2021-03-01")),
        link("n1", "TRADES_FROM", "b4", "l1", valid_to=on("2021-03-01")),
        link(
            "n2", "EMPLOYS", "b1", "p4", **POLICE, gradings=("3x5x2:2C",), properties={"role": "yard manager"}
        ),
        link(
            "n3",
            "PSC_OF",
            "p2",
            "b2",
            properties={"share_min": 0.25, "share_max": 0.5},
            valid_to=on("2024-02-01"),
        ),
    )


def report_options(**more):
    notes = (IndicatorNote("b1", "Turnover against bays", "takings per bay are four times the local median"),)
    return ReportOptions(
        **{
            "made_at": NOW,
            "records": records([*entities(), *more_entities(), *links(), *more_links()]),
            "indicators": notes,
            **more,
        }
    )
