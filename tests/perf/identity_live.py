"""One new record against all that are there: compared, judged, in the ledger and in the graph, by wall time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.resolution.freeze import write_frozen
from analytics.resolution.live import live_decision, match_new
from analytics.resolution.model import Settings
from analytics.resolution.run import propose, resolve, rule_decision
from graphcore.evidence import EntityRecord, Evidence, Lineage, OriginRef
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.identity.book import IdentityBook
from graphcore.identity.live import LiveBook
from graphcore.workspace import Workspace
from tests.perf.figure import Figure, milliseconds, percentile, time_figure
from tests.perf.identity_child import Stages, emptied, splink_linker, splink_trained
from tests.perf.identity_people import People, people
from tests.perf.world import READER

NEW, PEERS, STEP = 400, 12, 10_000
PEERED = 100_000  # records up to which the peer is measured too: past that, making it ready takes minutes


def live(n: int) -> Iterator[Figure]:
    """Median and 95th percentile over new records; building the store is told, and is no part of them."""
    drawn = people(n + NEW)
    stages = Stages()
    with TemporaryDirectory(prefix="ocb-bench-") as folder, Workspace.open(Path(folder)) as workspace:
        stages.time("load", lambda: _fill(workspace, islice(drawn.records(), n), n))
        _run(workspace, stages)
        took = _match(workspace, [*islice(drawn.records(), n, None)])
    peer = _splink(drawn, n) if n <= PEERED else None
    built = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in stages.wall.items())
    note = f"{n:,} records; building the store: {built} ({sum(stages.cpu.values()):.0f} s of processor)"
    for name, share in (("p50", 50), ("p95", 95)):
        other = (
            "Splink predict_between (5.0's way for new records), nothing written",
            None if peer is None else percentile(peer, share),
        )
        yield time_figure(f"identity_live_{n}_{name}_ms", percentile(took, share), "ms", other, note)


def _record(row: OriginRecords) -> EntityRecord:
    ref = OriginRef("invented", "Person", row.reference)
    return EntityRecord(ref, "", row.properties, Evidence(Lineage("people.csv", row.first_seq + 1)))


def _fill(workspace: Workspace, rows: Iterator[OriginRecords], n: int) -> None:
    ledger, done = workspace.ledger, 0
    batch = ledger.begin_batch("invented", "people.csv", "hash", "m1")
    ledger.defer_indexes(n)
    while several := [_record(row) for row in islice(rows, STEP)]:
        done += len(several)
        ledger.append(batch, several, (), done)
    ledger.restore_indexes()
    ledger.finish_batch(batch)


def _run(workspace: Workspace, stages: Stages) -> None:
    ledger, store = workspace.ledger, workspace.store("embedded")
    store.prepare()
    with ledger.looking() as deciding:
        reach = deciding.standing().last()
    made = rule_decision("bench", datetime.now(UTC))
    leaving = Settings(leaves=True)
    proposal = stages.time(
        "run", lambda: propose(ledger.view(READER), made, settings=leaving, types=("Person",))
    )
    stages.time("judgements", lambda: resolve(IdentityBook(ledger), proposal))

    def leave() -> None:
        for left in proposal.left:
            with ledger.deciding() as deciding:
                write_frozen(deciding.standing(), left.made, left.origins, reach, deciding.now)

    stages.time("standing fit", leave)
    stages.time("graph", lambda: workspace.projection(store).catch_up())


def _match(workspace: Workspace, rows: Sequence[OriginRecords]) -> list[float]:
    ledger, view = workspace.ledger, workspace.ledger.view(READER)
    book = LiveBook(ledger, workspace.store("embedded"))
    batch = ledger.begin_batch("invented", "later.csv", "hash", "m1")
    took: list[float] = []
    for at, row in enumerate(rows):
        made = live_decision(f"live {at}", datetime.now(UTC))
        record = _record(row)

        def come(made: object = made, record: EntityRecord = record, done: int = at + 1) -> None:
            book.append(batch, [record], done, lambda deciding: match_new(deciding, view, made))  # type: ignore[arg-type]

        took.append(milliseconds(come))
    return took[NEW // 10 :]  # the first ones warm the caches


def _splink(drawn: People, n: int) -> list[float]:
    linker, api, held = splink_linker(drawn.table.slice(0, n))
    splink_trained(linker)
    for name in ("given_name", "family_name", "postcode"):
        linker.table_management.compute_tf_table(name)
    took: list[float] = []
    for at in range(PEERS + 2):
        row = emptied(drawn.table.slice(n + at, 1))

        def come(row: object = row, at: int = at) -> None:
            new = api.register(row, table_name=f"new_{at}")
            found = linker.inference.predict_between(held, new, threshold_match_weight=0)
            found.as_pandas_dataframe()

        took.append(milliseconds(come))
    return took[2:]


CASES: dict[str, Callable[[], Iterator[Figure]]] = {
    f"identity_live_{n}": partial(live, n) for n in (10_000, 100_000, 1_000_000)
}
