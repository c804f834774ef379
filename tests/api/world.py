"""The smallest world that the API tests need: a car-wash business with its people, and one compartment beside it."""

from datetime import UTC, datetime
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.evidence import EntityRecord, Evidence, Grading, GradingScheme, Lineage, LinkRecord, OriginRef
from graphcore.evidence.record import Record
from graphcore.workspace import Workspace

SOURCE = "northshire"
HIDDEN = AccessLabel("OFFICIAL-SENSITIVE", "3x5x2", "P", (), "KESTREL", "Northshire")
OPEN = AccessLabel("OFFICIAL-SENSITIVE", "3x5x2", "P", (), "", "Northshire")
KNOWN = datetime(2026, 1, 1, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> '}) DETACH DELETE n //"

MAGS = OriginRef(SOURCE, "Person", "P1")
DEV = OriginRef(SOURCE, "Person", "P2")
EVIL = OriginRef(SOURCE, "Person", "P3")
WASH = OriginRef(SOURCE, "Business", "B1")
SHELL = OriginRef(SOURCE, "Business", "B2")
PHONE = OriginRef(SOURCE, "Phone", "T1")
GANG = OriginRef(SOURCE, "OrganisedCrimeGroup", "G1")
SECRET = OriginRef(SOURCE, "Person", "P9")


def evidence(row: int, label: AccessLabel = OPEN) -> Evidence:
    grading = Grading(GradingScheme.THREE_FIVE_TWO, "2", "B")
    return Evidence(Lineage("people.csv", row), label, grading, {"ref": f"row {row}"}, known_at=KNOWN)


def records() -> list[Record]:
    made: list[Record] = [
        EntityRecord(MAGS, "", {"name": ("Mags Tolliver",)}, evidence(1)),
        EntityRecord(DEV, "", {"name": ("Devlin Marrow",)}, evidence(2)),
        EntityRecord(EVIL, "", {"name": (HOSTILE,)}, evidence(3)),
        EntityRecord(WASH, "company", {"name": ("Suds and Shine Ltd",)}, evidence(4)),
        EntityRecord(SHELL, "company", {"name": ("Glimmer Holdings Ltd",)}, evidence(5)),
        EntityRecord(PHONE, "", {"number": ("+447700900123",)}, evidence(6)),
        EntityRecord(GANG, "", {"name": ("Harbour group",)}, evidence(7)),
        LinkRecord(SOURCE, "OFFICER_OF", MAGS, WASH, "", {"role": ("director",)}, evidence(8)),
        LinkRecord(SOURCE, "OWNS", SHELL, WASH, "", {"share_min": (0.75,), "share_max": (1.0,)}, evidence(9)),
        LinkRecord(SOURCE, "OFFICER_OF", DEV, SHELL, "", {"role": ("director",)}, evidence(10)),
        LinkRecord(SOURCE, "USES_PHONE", MAGS, PHONE, "", {}, evidence(11)),
        LinkRecord(SOURCE, "USES_PHONE", DEV, PHONE, "", {}, evidence(12)),
        LinkRecord(SOURCE, "MEMBER_OF", DEV, GANG, "", {"role": ("member",)}, evidence(13)),
        LinkRecord(SOURCE, "ASSOCIATE_OF", EVIL, MAGS, "", {}, evidence(14)),
    ]
    return made


def hidden_records() -> list[Record]:
    return [
        EntityRecord(SECRET, "", {"name": ("Quentin Veil",)}, evidence(20, HIDDEN)),
        LinkRecord(SOURCE, "USES_PHONE", SECRET, PHONE, "", {}, evidence(21, HIDDEN)),
        LinkRecord(SOURCE, "MEMBER_OF", SECRET, GANG, "", {"role": ("leader",)}, evidence(22, HIDDEN)),
        EntityRecord(
            WASH,
            "company",
            {"name": ("Suds and Shine Ltd",), "alias": ("Kestrel front",)},
            evidence(23, HIDDEN),
        ),
    ]


def build(folder: Path, *, hidden: bool = True) -> dict[OriginRef, str]:
    """Load the world; returns uids."""
    with Workspace.open(folder) as workspace:
        rows = records() + (hidden_records() if hidden else [])
        batch = workspace.ledger.begin_batch(SOURCE, "people.csv", "hash", "mapping")
        workspace.ledger.append(batch, rows, (), len(rows))
        workspace.ledger.finish_batch(batch)
        store = workspace.store("embedded")
        store.prepare()
        workspace.projection(store).catch_up()
        refs = (MAGS, DEV, EVIL, WASH, SHELL, PHONE, GANG, SECRET)
        return {ref: workspace.ids.origin(ref.source, ref.entity_type, ref.reference) for ref in refs}
