"""New records matched on a ledger: identifiers, names, access, a kill in the middle, and what is left by a run."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, event

from analytics.resolution.blocking import Budget, Limit, candidates, key, numbered, shared
from analytics.resolution.columns import Column
from analytics.resolution.freeze import write_frozen
from analytics.resolution.live import Matched, live_decision, match_new
from analytics.resolution.model import Settings
from analytics.resolution.run import propose, resolve, rule_decision
from graphcore.access import AccessContext, AccessLabel, Marking, Purpose, PurposeCode
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from graphcore.evidence.ledger import Ledger
from graphcore.identity.book import IdentityBook
from graphcore.identity.live import LiveBook
from graphcore.model.ids import IdMaker
from graphcore.store.embedded import EmbeddedStore
from graphcore.store.project import Projection
from tests.unit.resolution.resolution_kit import NOON

IDS = IdMaker(b"0123456789abcdef")
COVERT = AccessLabel(compartment="LARCH")
ALL = AccessContext(
    "system",
    "Northmere",
    Marking.OFFICIAL_SENSITIVE,
    Purpose(PurposeCode.SYSTEM, "resolution"),
    frozenset({"LARCH"}),
)
# a table that grows with the records, scanned, or a whole fit
WHOLE = re.compile(
    r"^SCAN (record|origin|link_origin|judgement|decision|outbox|standing_(?!fit))|[(]fit=[?][)]"
)
WILLIAM = {"name": "William Thistlewick", "birth_date": "1980-04-09", "postcode": "NM3 4XY"}


def said(entity_type: str, reference: str, label: AccessLabel | None = None, **values: str) -> EntityRecord:
    evidence = Evidence(Lineage("f.csv", 1), label or AccessLabel())
    properties = {name: (value,) for name, value in values.items()}
    return EntityRecord(OriginRef("alpha", entity_type, reference), "", properties, evidence)


class Desk:
    """A ledger and its graph in one file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.sqlite3"
        self.ledger = Ledger.open(self.path, IDS, clock=lambda: NOON)
        self.store = EmbeddedStore(self.path)
        self.store.prepare()
        self.batch = self.ledger.begin_batch("alpha", "f.csv", "hash", "m1")
        self.came = 0

    def load(self, *records: EntityRecord) -> None:
        self.came += len(records)
        self.ledger.append(self.batch, records, (), self.came)

    def run(self) -> None:
        """A run that leaves what single records are matched by."""
        book = IdentityBook(self.ledger)
        with self.ledger.looking() as deciding:
            reach = deciding.standing().last()
        proposal = propose(self.ledger.view(ALL), rule_decision("run", NOON), settings=Settings(leaves=True))
        resolve(book, proposal)
        for left in proposal.left:
            with self.ledger.deciding() as deciding:
                write_frozen(deciding.standing(), left.made, left.origins, reach, deciding.now)
        Projection(self.ledger, self.store).catch_up()

    def arrive(self, record: EntityRecord) -> Matched:
        """One record comes and is matched."""
        self.came += 1
        made = live_decision(f"live {self.came}", NOON + timedelta(seconds=self.came))
        view = self.ledger.view(ALL)
        book = LiveBook(self.ledger, self.store)
        return book.append(self.batch, [record], self.came, lambda one: match_new(one, view, made))[1]

    def uid(self, entity_type: str, reference: str) -> str:
        (found,) = self.ledger.clusters([IDS.origin("alpha", entity_type, reference)])[:1]
        places = {place.origin_id: place.uid for place in self.ledger.clusters([found.origin_id])}
        return places[IDS.origin("alpha", entity_type, reference)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    people = [
        said("Person", f"p{at}", name=f"{given} Brackengarth", birth_date=f"19{50 + at}-03-1{at}")
        for at, given in enumerate(("Ada", "Colin", "Edith", "Fergus", "Hilda"))
    ]
    made.load(
        *people,
        said("Person", "w", **WILLIAM),
        said("Phone", "n", number="+447700900123"),
        said("Phone", "other", number="+447700900999"),
        said("Business", "b", name="Otterquay Motors Ltd", company_number="99000001"),
        *(
            said("Business", f"b{at}", name=f"{name} Ltd", company_number=f"9900001{at}")
            for at, name in enumerate(
                (
                    "Alderquill Cafe",
                    "Brindlemoor Haulage",
                    "Copperwisp Homes",
                    "Driftanvil Stores",
                    "Foxthimble Textiles",
                )
            )
        ),
    )
    made.run()
    return made


def test_a_new_record_joins_what_it_is_the_same_as(desk: Desk) -> None:
    done = desk.arrive(said("Person", "new", **WILLIAM))
    assert (done.newcomers, done.moved, done.more) == (1, 1, False)
    assert desk.uid("Person", "new") == desk.uid("Person", "w")
    desk.arrive(said("Phone", "again", number="+44 7700 900123"))
    assert desk.uid("Phone", "again") == desk.uid("Phone", "n")
    desk.arrive(said("Business", "later", name="Otterquay Motors Limited", company_number="99000001"))
    assert desk.uid("Business", "later") == desk.uid("Business", "b")


def test_the_graph_has_it_at_once_and_a_stranger_stays_alone(desk: Desk) -> None:
    done = desk.arrive(said("Person", "stranger", name="Ursula Vetchwell", birth_date="1999-12-24"))
    assert (done.newcomers, done.judgements) == (1, ())
    assert desk.store.applied() == desk.ledger.last_outbox()
    assert desk.store.view(ALL).entities([desk.uid("Person", "stranger")])


def test_what_came_without_being_matched_is_matched_in_order_and_once(desk: Desk) -> None:
    desk.load(said("Person", "one", **WILLIAM), said("Person", "two", **WILLIAM))
    view, book = desk.ledger.view(ALL), LiveBook(desk.ledger, desk.store)
    with book.deciding() as deciding:
        first = match_new(deciding, view, live_decision("m1", NOON), most=1)
    with book.deciding() as deciding:
        second = match_new(deciding, view, live_decision("m2", NOON))
    with book.deciding() as deciding:
        third = match_new(deciding, view, live_decision("m3", NOON))
    assert [(done.newcomers, done.more) for done in (first, second, third)] == [
        (1, True),
        (1, False),
        (0, False),
    ]
    assert desk.uid("Person", "one") == desk.uid("Person", "two") == desk.uid("Person", "w")


def test_a_record_for_many_is_not_joined_through_one_that_few_may_see(desk: Desk) -> None:
    hidden = {"name": "Ingrid Sablefold", "birth_date": "1971-02-03", "postcode": "NM3 9ZZ"}
    desk.arrive(said("Person", "covert", COVERT, **hidden))
    done = desk.arrive(said("Person", "open", **hidden))
    assert done.judgements == ()  # who may see the open one may not see why it would be joined
    desk.arrive(said("Person", "covert too", COVERT, **hidden))
    assert desk.uid("Person", "covert too") == desk.uid("Person", "open")


KILLED = """
import os, sys
from pathlib import Path
from sqlalchemy.engine.default import DefaultDialect
from graphcore.store.embedded.store import JoinedGraph
from tests.unit.resolution.test_resolution_live import Desk, WILLIAM, said

desk = Desk(Path(sys.argv[1]))
desk.came = 9
write = JoinedGraph.write

def die(*_):
    os._exit(9)

def write_and_die_at_the_commit(self, batch):
    write(self, batch)
    DefaultDialect.do_commit = die

JoinedGraph.write = {"graph": die, "commit": write_and_die_at_the_commit}[sys.argv[2]]
desk.arrive(said("Person", "new", **WILLIAM))
"""


@pytest.mark.parametrize("where", ["graph", "commit"])
def test_a_kill_before_the_commit_leaves_the_state_from_before(desk: Desk, where: str) -> None:
    before = (desk.ledger.last_outbox(), len(desk.ledger.judgements()), desk.store.fingerprint())
    child = subprocess.run([sys.executable, "-c", KILLED, str(desk.path.parent), where], check=False)
    assert child.returncode == 9
    assert (desk.ledger.last_outbox(), len(desk.ledger.judgements()), desk.store.fingerprint()) == before
    with desk.ledger.looking() as deciding:
        index = deciding.standing()
        fit = index.fit("Person")
        assert fit is not None
        assert index.newcomers(fit, 10) == []
    assert desk.arrive(said("Person", "new", **WILLIAM)).moved == 1


def test_nothing_that_grows_is_read_whole(desk: Desk) -> None:
    """Every statement of a match goes by key; the one exception stands for comparing with everybody, in a small store."""
    plans: dict[str, list[str]] = {}

    def explain(
        connection: Connection, _cursor: object, text: str, given: Any, _context: object, _many: bool
    ) -> None:
        if text.startswith(("SELECT", "UPDATE", "DELETE")):
            driver: Any = connection.connection.driver_connection
            one = given[0] if isinstance(given, list) else given
            plans[text] = [row[3] for row in driver.execute("EXPLAIN QUERY PLAN " + text, one)]

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        assert desk.arrive(said("Person", "new", **WILLIAM)).moved == 1
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
    assert any("standing_group.lowest IN" in text for text in plans)
    whole = [text for text, steps in plans.items() if any(WHOLE.search(step) for step in steps)]
    assert [" ".join(text.split()) for text in whole] == [
        "SELECT standing_group.origin FROM standing_group WHERE standing_group.fit = ?"
    ]


def test_without_a_run_nothing_is_matched(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.load(said("Person", "w", **WILLIAM))
    assert desk.arrive(said("Person", "new", **WILLIAM)).newcomers == 0


def test_keys_with_a_known_limit_give_the_candidates_of_the_run() -> None:
    rng = np.random.default_rng(3)
    one, other = (Column.of([[f"v{at}"] for at in rng.integers(0, most, 80)]) for most in (30, 6))
    budget = Budget(cap=9, a_record=2, least=10, all_pairs=0)

    def keys() -> list:
        return [key(one), key(other), key(one, other)]

    wanted = candidates(keys(), 80, budget)
    limit = Limit.of(keys(), 80, budget).most
    assert limit is not None
    codes, sizes = np.unique(np.concatenate([each.codes for each in numbered(keys())]), return_counts=True)
    found = shared(numbered(keys()), 80, lambda some: np.isin(some, codes[sizes > limit]))
    assert found.codes(80).tolist() == wanted.codes(80).tolist()
    assert 0 < len(found) < 80 * 79 // 2
