"""A workspace with something in every part of it: records, a series, an identity, refused rows, an audit log."""

from datetime import UTC, datetime
from pathlib import Path

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Operation
from graphcore.evidence.ledger import QuarantineRow
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.workspace import LEDGER, Workspace
from tests.unit.ledger.ledger_kit import COVERT, entity, evidence, link, ref
from tests.unit.ledger.test_ledger_series import call, phones

PEOPLE = 150
WHO = AccessContext("tester", "alpha", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "a test"))


def build(folder: Path, *, people: int = PEOPLE) -> Path:
    """The workspace, closed; gives its ledger's file."""
    with Workspace.open(folder) as workspace:
        ledger = workspace.ledger
        made = [
            entity(
                ref(str(n)),
                evidence(row=n, label=COVERT if n % 7 == 0 else evidence().label, original={"r": f"row {n}"}),
            )
            for n in range(people)
        ]
        made += [link(ref(str(n)), ref(str(n + 1))) for n in range(people - 1)]
        batch = ledger.begin_batch("alpha", "f.csv", "hash", "m1")
        refused = [QuarantineRow("f.csv", n, "dob", "not a date", f"x{n}") for n in range(20)]
        ledger.append(batch, [*made, *phones(), *(call(n) for n in range(200))], refused, len(made))
        ledger.finish_batch(batch)
        one, two = sorted(workspace.ids.origin("alpha", "Person", number) for number in "12")
        decision = Decision("d1", "ann", "the same face", datetime(2026, 3, 1, tzinfo=UTC), True)
        IdentityBook(ledger).judge([Judgement(one, two, Verdict.SAME, decision)])
        store = workspace.store()
        store.prepare()
        workspace.projection(store).catch_up()
        for number in range(20):
            with workspace.audit.entry(WHO, Operation.CONSULTATION, "search", {"q": number}):
                pass
    return folder / LEDGER
