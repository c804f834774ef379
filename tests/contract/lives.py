"""The life of a workspace as a walk of random steps, and the dictionaries that say what must stand after each."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from graphcore.access import AccessContext, AccessLabel, Grantee, Marking, Purpose, PurposeCode, Scope
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.workspace import Workspace
from tests.contract.killing import Tell

PEOPLE = 8
COVERT = AccessLabel(compartment="LARCH")
READER = AccessContext(
    "reader", "N", Marking.OFFICIAL, Purpose(PurposeCode.INVESTIGATION, "a test", "Larkspur")
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
Step = dict[str, Any]


@dataclass
class Model:
    """What stands: who is said by which batch, which pairs are judged to be one, whether the reader's grant stands."""

    batches: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    removed: set[int] = field(default_factory=set[int])
    same: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    granted: bool = False

    def after(self, step: Step) -> Model:
        """The model after a step has had its effect."""
        made = Model({**self.batches}, {*self.removed}, {**self.same}, self.granted)
        match step["do"]:
            case "load":
                made.batches[step["batch"]] = step["people"]
            case "remove":
                made.removed.add(step["batch"])
            case "restore":
                made.removed.discard(step["batch"])
            case "judge":
                made.same[step["decision"]] = (step["pair"][0], step["pair"][1])
            case "undo":
                del made.same[step["decision"]]
            case "grant" | "revoke":
                made.granted = step["do"] == "grant"
            case _:
                pass
        return made

    def seen(self) -> set[frozenset[int]]:
        """The entities that the reader sees, each as its people. Odd numbers are open, even ones covert."""
        said = {
            one for number, people in self.batches.items() if number not in self.removed for one in people
        }
        there = {one for one in said if one % 2 or self.granted}
        group = {one: {one} for one in there}
        for left, right in self.same.values():
            if left in there and right in there and group[left] is not group[right]:
                group[left] |= group[right]
                for member in group[right]:
                    group[member] = group[left]
        return {frozenset(members) for members in group.values()}


def next_step(rng: random.Random, model: Model, number: int) -> Step:
    """A step that can be taken now."""
    loaded = sorted(model.batches)
    choices: list[Step] = [
        {"do": "load", "batch": len(loaded) + 1, "people": rng.sample(range(PEOPLE), 3)}
    ] * 2
    choices += [{"do": "restore" if at in model.removed else "remove", "batch": at} for at in loaded[-3:]]
    known = sorted({one for people in model.batches.values() for one in people})
    pairs = [
        (a, b) for a in known for b in known if a < b and a % 2 == b % 2 and (a, b) not in model.same.values()
    ]
    choices += [{"do": "judge", "decision": f"d{number}", "pair": rng.choice(pairs)}] * 2 if pairs else []
    choices += [{"do": "undo", "decision": one} for one in [*model.same][-2:]]
    choices += [{"do": "revoke" if model.granted else "grant"}, {"do": "reopen"}]
    return rng.choice(choices)


def ref(number: int) -> OriginRef:
    return OriginRef("alpha", "Person", str(number))


def take(folder: str, text: str, tell: Tell) -> None:
    """Take one step, and bring the graph after it."""
    step: Step = json.loads(text)
    with Workspace.open(Path(folder), clock=lambda: NOW) as workspace:
        tell()
        _STEPS[step["do"]](workspace, step)
        IdentityBook(workspace.ledger).settle()  # as every run begins: records have come or gone
        store = workspace.store()
        store.prepare()
        workspace.projection(store).catch_up(tell)


def entities(folder: Path) -> set[frozenset[int]]:
    """What the reader sees, after a start and what every run begins with."""
    with Workspace.open(folder, clock=lambda: NOW) as workspace:
        IdentityBook(workspace.ledger).settle()
        store = workspace.store()
        store.prepare()
        workspace.projection(store).catch_up()
        view = store.view(workspace.admit(READER))
        return {
            frozenset(int(name) for name in one.properties["name"]) for one in view.iter_entities("Person")
        }


def _load(workspace: Workspace, step: Step) -> None:
    ledger, number = workspace.ledger, step["batch"]
    batch = ledger.begin_batch("alpha", f"{number}.csv", f"hash {number}", "m")
    rows = [
        EntityRecord(ref(one), "", {"name": (str(one),)}, Evidence(Lineage(f"{number}.csv", at), AccessLabel() if one % 2 else COVERT, original={"batch": number}))
        for at, one in enumerate(step["people"])
    ]  # fmt: skip
    ledger.append(batch, rows[batch.rows_done :], (), len(rows))
    ledger.finish_batch(batch)


def _change(workspace: Workspace, step: Step) -> None:
    upkeep = workspace.ledger.upkeep
    change = upkeep.remove_batch if step["do"] == "remove" else upkeep.restore_batch
    change(step["batch"], by="ann", reason="a test")


def _judge(workspace: Workspace, step: Step) -> None:
    left, right = sorted(workspace.ids.origin("alpha", "Person", str(one)) for one in step["pair"])
    made = Decision(step["decision"], "ann", "a test", NOW)
    IdentityBook(workspace.ledger).judge([Judgement(left, right, Verdict.SAME, made)])


def _undo(workspace: Workspace, step: Step) -> None:
    IdentityBook(workspace.ledger).undo(step["decision"], undone_by="ann")


def _grant(workspace: Workspace, step: Step) -> None:
    book = workspace.ledger.grants
    if step["do"] == "grant":
        over = NewGrant(
            Grantee.SUBJECT, "reader", Scope.COMPARTMENT, "LARCH", "Larkspur", NOW + timedelta(days=9)
        )
        book.give(over, by="owner", reason="a test")
        return
    for one in book.standing():
        book.revoke(one.grant.grant_id, by="owner", reason="a test")


def _nothing(_workspace: Workspace, _step: Step) -> None:
    return


_STEPS: Mapping[str, Any] = {
    "load": _load, "remove": _change, "restore": _change, "judge": _judge, "undo": _undo, "grant": _grant, "revoke": _grant,
    "reopen": _nothing,
}  # fmt: skip
