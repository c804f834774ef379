"""Identity keeps apart what the rules of the place keep apart, not what the shipped ones do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphcore.access import AccessLabel
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.workspace import Workspace

RULES = """
version: 1
name: site
markings: {OFFICIAL: OFFICIAL}
read:
  handling code: {by: handling, cases: {none: [anyone], 3x5x2 P: [for safeguarding]}}
pointers: {any: [held as pointer]}
"""
CARE = AccessLabel(handling_scheme="3x5x2", handling_code="P")


@pytest.mark.catalogue("A18")
@pytest.mark.parametrize(("rules", "called"), [("", "first"), (RULES, "second")], ids=["shipped", "site"])
def test_an_entity_is_called_after_what_most_readers_see(tmp_path: Path, rules: str, called: str) -> None:
    if rules:
        (tmp_path / "rules.yaml").write_text(rules)
    with Workspace.open(tmp_path) as workspace:
        ledger = workspace.ledger
        batch = ledger.begin_batch("alpha", "f.csv", "hash", "m")
        labels = {"first": CARE, "second": AccessLabel()}
        records = [
            EntityRecord(OriginRef("alpha", "Person", name), "", {"name": (name,)}, Evidence(Lineage("f.csv", row), label))
            for row, (name, label) in enumerate(labels.items())
        ]  # fmt: skip
        ledger.append(batch, records, (), 2)
        uids = {name: workspace.ids.origin("alpha", "Person", name) for name in labels}
        left, right = sorted(uids.values())
        decision = Decision("d", "analyst", "the same person", datetime(2026, 1, 1, tzinfo=UTC))
        IdentityBook(ledger).judge([Judgement(left, right, Verdict.SAME, decision)])
        assert {place.uid for place in ledger.clusters([*uids.values()])} == {uids[called]}
