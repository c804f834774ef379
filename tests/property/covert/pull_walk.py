"""A walk of an open workspace, a covert one that joins it, and the one workspace that both are held against.

The one workspace hears of covert steps at once, and of open ones when they are pulled: that is the order in which the covert one
comes to know of them. Steps are told by name, so that each workspace may number its batches as it likes.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Column, select

from graphcore.access import AccessContext, AccessLabel
from graphcore.access.label import Pointer, Retention
from graphcore.covert import Pulled, create, pull
from graphcore.evidence.ledger.tables import origin, record
from graphcore.evidence.record import Record
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Decision, Judgement, Verdict
from graphcore.model.ids import IdMaker
from graphcore.workspace import KEY, LEDGER, Workspace
from tests.contract.killing import Killer, Tell
from tests.unit.ledger.ledger_kit import entity, evidence, link, ref

KESTREL = AccessLabel(compartment="KESTREL")
OTHER = AccessLabel(originator="alpha")
START = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = 3
Step = Callable[[Workspace], object]
WORK = "tests.property.covert.pull_walk:pull_and_follow"


def pull_and_follow(folder: str, tell: Tell) -> None:
    """The work that is killed."""
    with Workspace.open(Path(folder), create=False) as workspace:
        pull(workspace, progress=lambda _what, _done, _total: tell())
        follow(workspace)


def follow(workspace: Workspace) -> str:
    """The fingerprint of the graph, which has caught up."""
    store = workspace.store()
    store.prepare()
    workspace.projection(store).catch_up()
    return store.fingerprint()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def batch_of(workspace: Workspace, name: str) -> int:
    """The number of the batch of a load, in this workspace."""
    return next(one.number for one in workspace.ledger.batches() if one.file_hash == name)


def seen(folder: Path, reader: AccessContext) -> object:
    """What a reader finds."""
    with Workspace.open(folder, create=False) as workspace:
        follow(workspace)
        view = workspace.store().view(workspace.admit(reader))
        found = sorted(
            (one.uid, one.caption, sorted(one.properties.items()), sorted(one.rids))
            for one in view.iter_entities()
        )
        return found, view.counts()


@dataclass
class Walk:
    """Three workspaces in ``base``. ``strict``: all that is done on the covert side is in the compartment."""

    base: Path
    seed: int
    strict: bool
    told: list[Step] = field(default_factory=list[Step])
    loads: dict[str, list[str]] = field(default_factory=lambda: {"open": [], "covert": []})
    decisions: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    held_here: dict[str, datetime] = field(default_factory=dict[str, datetime])
    said: list[list[Record]] = field(default_factory=list[list[Record]])
    names: count[int] = field(default_factory=count)
    kills: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.kill_rng = random.Random(self.seed)  # of its own: with and without kills the walk is the same
        self.now = START
        for name in ("open", "one"):
            with self.at(name) as workspace:
                follow(workspace)
            if name == "open":
                (self.base / "one" / KEY).parent.mkdir(parents=True)
                shutil.copyfile(self.base / "open" / KEY, self.base / "one" / KEY)
        create(self.base / "open", self.base / "covert")
        kinds = [self._remove, self._hold, self._judge, self._undo, self._covert_judge, self._covert_remove]
        kinds += [] if self.strict else [self._covert_hold]
        self.kinds = {kind: self.rng.choice((0, 1, 3)) for kind in kinds} | {
            self._load: 2,
            self._covert_load: 2,
        }

    def at(self, name: str) -> Workspace:
        return Workspace.open(self.base / name, clock=lambda: self.now)

    def do(self, where: str, step: Step) -> None:
        """Take a step on the open or the covert side; the one workspace hears of it as said above."""
        self.now += timedelta(minutes=1)
        with self.at(where) as workspace:
            step(workspace)
            IdentityBook(workspace.ledger).settle()
            follow(workspace)
        if where == "covert":
            self._tell_one(step)
        else:
            at = self.now
            self.told.append(lambda workspace: self._then(at, step, workspace))

    def _then(self, at: datetime, step: Step, workspace: Workspace) -> None:
        self.now, now = at, self.now
        step(workspace)
        self.now = now

    def _tell_one(self, *steps: Step) -> None:
        with self.at("one") as workspace:
            for step in steps:
                step(workspace)
            IdentityBook(workspace.ledger).settle()

    def pulled(self, killer: Killer | None) -> Pulled:
        """Pull, killed some times before; the open files stay as they are, and a second pull writes nothing."""
        covert = self.base / "covert"
        before = contents(self.base / "open")
        for _ in range(self.kill_rng.randrange(1, 3) if killer else 0):
            assert killer
            ended = killer.run(
                WORK, [str(covert)], steps=self.kill_rng.randrange(9), after=self.kill_rng.random() * 0.02
            )
            self.kills += ended.killed
        with self.at("covert") as workspace:
            found = pull(workspace)
            mine = follow(workspace)
        assert contents(self.base / "open") == before
        once = (covert / LEDGER).read_bytes()
        with self.at("covert") as workspace:
            again = pull(workspace)
        assert astuple(again) == (0,) * 7, again
        assert (covert / LEDGER).read_bytes() == once
        self._tell_one(*self.told)
        self.told.clear()
        with self.at("one") as workspace:
            assert mine == follow(workspace)
        return found

    def step(self) -> None:
        """One step by chance; which kinds are frequent is a matter of the walk, so that some walks do much of few kinds."""
        self.rng.choices([*self.kinds], [*self.kinds.values()])[0]()

    def _records(self, label: AccessLabel, people: list[int]) -> list[Record]:
        rng = self.rng
        if self.said and label != KESTREL and rng.random() < 0.6:
            return rng.choice(self.said[-3:])  # said again, whichever side said it first
        made: list[Record] = []
        for one in rng.sample(people, 2):
            said = evidence(label=rng.choice((label, label, OTHER)) if label != KESTREL else label)
            made.append(entity(ref(str(one)), said, name=(f"{one} {rng.randrange(2)}",)))
        made += [link(ref(str(a)), ref(str(b)), evidence(label=label)) for a, b in [rng.sample(people, 2)]]
        self.said += [made] if label != KESTREL else []
        return made

    def _load_at(self, where: str, label: AccessLabel, people: list[int]) -> None:
        name = f"load {next(self.names)}"
        records = self._records(label, people)
        self.loads[where].append(name)

        def load(workspace: Workspace) -> None:
            batch = workspace.ledger.begin_batch("alpha", f"{name}.csv", name, "m1")
            workspace.ledger.append(batch, records, (), len(records))
            workspace.ledger.finish_batch(batch)

        self.do(where, load)

    def _load(self) -> None:
        self._load_at("open", AccessLabel(), [*range(PEOPLE)])

    def _covert_load(self) -> None:
        label = KESTREL if self.strict else self.rng.choice((KESTREL, AccessLabel(), AccessLabel()))
        self._load_at("covert", label, [*range(PEOPLE), 90, 91] if label == KESTREL else [*range(PEOPLE)])

    def _turned(self, where: str, name: str) -> None:
        """Remove a batch, or put it back."""
        removing = self.rng.random() < 0.7

        def turn(workspace: Workspace) -> None:
            upkeep, number = workspace.ledger.upkeep, batch_of(workspace, name)
            (upkeep.remove_batch if removing else upkeep.restore_batch)(number, by="ann", reason="a test")

        try:
            self.do(where, turn)
        except Exception as error:  # removed already, or not removed
            if "batch" not in str(error):
                raise

    def _remove(self) -> None:
        if self.loads["open"]:
            self._turned("open", self.rng.choice(self.loads["open"][-3:]))

    def _covert_remove(self) -> None:
        if self.loads["covert"]:
            self._turned("covert", self.rng.choice(self.loads["covert"][-3:]))

    def _known(self, where: str, column: Column[str]) -> list[str]:
        """Ids of items or records that a workspace has."""
        with self.at(where) as workspace, workspace.ledger.looking() as deciding:
            return sorted(deciding.connection.scalars(select(column)))

    def _judged(self, where: str, left: list[str], right: list[str]) -> None:
        one, other = sorted((self.rng.choice(left or [""]), self.rng.choice(right or [""])))
        if one == other or not one:
            return
        name = f"decision {next(self.names)}"
        verdict = self.rng.choice((Verdict.SAME, Verdict.SAME, Verdict.DIFFERENT))
        made = Judgement(
            one, other, verdict, Decision(name, "ann", "a test", self.now + timedelta(minutes=1))
        )
        self.decisions.append((where, name))
        self.do(where, lambda workspace: IdentityBook(workspace.ledger).judge([made]))

    def _judge(self) -> None:
        there = self._known("open", origin.c.origin_id)
        self._judged("open", there, there)

    def _covert_judge(self) -> None:
        there = self._known("covert", origin.c.origin_id)
        own = {
            IdMaker((self.base / "open" / KEY).read_bytes()).origin("alpha", "Person", n)
            for n in ("90", "91")
        }
        self._judged("covert", sorted(own & {*there}) if self.strict else there, there)

    def _undo(self) -> None:
        if self.decisions:
            where, name = self.decisions.pop(self.rng.randrange(len(self.decisions)))
            self.do(where, lambda workspace: IdentityBook(workspace.ledger).undo(name, undone_by="ann"))

    def _held(self, where: str) -> None:
        there = self._known(where, record.c.rid)
        rids = self.rng.sample(there[:4], min(2, len(there)))
        state = self.rng.choice([*Retention])

        def hold(workspace: Workspace) -> None:
            # what the covert side decided later stays
            mine = [rid for rid in rids if where == "covert" or self.held_here.get(rid, START) <= self.now]
            if mine:
                workspace.ledger.holdings.hold(mine, state, Pointer.SILENT, by="ann", reason="a test")

        if rids:
            self.do(where, hold)
            if where == "covert":
                self.held_here |= dict.fromkeys(rids, self.now)

    def _hold(self) -> None:
        self._held("open")

    def _covert_hold(self) -> None:
        self._held("covert")
