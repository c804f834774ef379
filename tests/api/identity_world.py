"""A world for identity: people whom two sources know, one pair that is not sure, phones, a covert item beside them."""

from pathlib import Path

from api.identity.service import RunSummary, run_identity
from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode
from graphcore.evidence import EntityRecord, LinkRecord, OriginRef
from graphcore.evidence.record import Record
from graphcore.workspace import Workspace
from tests.api.world import HIDDEN, OPEN, evidence

ALL = AccessContext(
    "runner", "Northshire", Marking.OFFICIAL_SENSITIVE, Purpose(PurposeCode.INVESTIGATION, "who is who"),
    frozenset({"KESTREL"}), may_read_conditional=True,
)  # fmt: skip
WILL, BILL = OriginRef("north", "Person", "W1"), OriginRef("south", "Person", "W2")
ADA, ADA2 = OriginRef("north", "Person", "A1"), OriginRef("south", "Person", "A2")
PHONE, PHONE2 = OriginRef("north", "Phone", "T1"), OriginRef("south", "Phone", "T2")
PHONE3 = OriginRef("south", "Phone", "T3")
COVERT, COVERT_PHONE = OriginRef("covert", "Person", "H1"), OriginRef("covert", "Phone", "H2")
NAMED = {
    "will": WILL,
    "bill": BILL,
    "ada": ADA,
    "ada2": ADA2,
    "phone": PHONE,
    "phone2": PHONE2,
    "phone3": PHONE3,
}


def records() -> list[Record]:
    """What everybody may see."""
    said = {
        WILL: {"name": ("William Thistlewick",), "address": ("12 Tollgate Road",), "postcode": ("NM3 4XY",)},
        BILL: {"name": ("William Thistlewick",), "address": ("9 Heron Lane",), "postcode": ("EQ1 1AA",)},
        ADA: {"name": ("Ada Emberwick",), "birth_date": ("1980-04-09",), "phone": ("+447700900123",)},
        ADA2: {"name": ("Ada Emberwick",), "birth_date": ("1980-04-09",), "phone": ("+447700900123",)},
        PHONE: {"number": ("+447700900123",)},
        PHONE2: {"number": ("+447700900123",)},
        PHONE3: {"number": ("+447700900999",)},
        **{
            OriginRef("north", "Person", f"x{at}"): {
                "name": (f"Hilda {chr(97 + at) * 3}mere{chr(97 + at) * 3}",)
            }
            for at in range(26)
        },
    }
    made: list[Record] = [
        EntityRecord(ref, "", properties, evidence(at, OPEN))
        for at, (ref, properties) in enumerate(said.items())
    ]
    return [*made, LinkRecord("north", "USES_PHONE", ADA, PHONE, "", {}, evidence(90)),
            LinkRecord("south", "USES_PHONE", BILL, PHONE3, "", {}, evidence(91))]  # fmt: skip


def hidden(label: AccessLabel = HIDDEN) -> list[Record]:
    """A covert person who is like both Williams, and a covert telephone with two numbers."""
    return [
        EntityRecord(
            COVERT, "",
            {"name": ("William Thistlewick",), "address": ("12 Tollgate Road", "9 Heron Lane"), "postcode": ("NM3 4XY", "EQ1 1AA"), "marker": ("armed",)},
            evidence(70, label),
        ),
        EntityRecord(COVERT_PHONE, "", {"number": ("+447700900123", "+447700900999")}, evidence(71, label)),
        LinkRecord("covert", "USES_PHONE", COVERT, COVERT_PHONE, "", {}, evidence(72, label)),
    ]  # fmt: skip


def build(folder: Path, *, with_hidden: bool = True) -> RunSummary:
    """Load (the covert records first, where there are any), then resolve as somebody who sees everything."""
    with Workspace.open(folder) as workspace:
        rows = [*(hidden() if with_hidden else []), *records()]
        batch = workspace.ledger.begin_batch("north", "people.csv", "hash", "mapping")
        workspace.ledger.append(batch, rows, (), len(rows))
        workspace.ledger.finish_batch(batch)
        store = workspace.store("embedded")
        store.prepare()
        return run_identity(workspace, store, ALL, lambda *_: None)
