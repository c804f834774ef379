"""Identity on the demo city: rate and quality, against comparing every name with rapidfuzz alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from analytics.resolution.evaluate import evaluate
from analytics.resolution.run import propose, resolve, rule_decision
from graphcore.identity.book import IdentityBook
from graphcore.workspace import Workspace
from ingest.demo.generate import generate
from ingest.demo.load import load_demo
from tests.perf.figure import Figure, rate_figure
from tests.perf.world import READER


def demo_identity() -> Iterator[Figure]:
    """Records a second through the whole run, and the F1 that it reaches for people."""
    with tempfile.TemporaryDirectory(prefix="ocb-bench-") as name:
        folder = Path(name)
        generate(folder / "files")
        with Workspace.open(folder / "workspace") as workspace:
            store = workspace.store("embedded")
            store.prepare()
            load_demo(workspace, folder / "files", store=store)
            view, book = workspace.ledger.view(READER), IdentityBook(workspace.ledger)
            names = [
                str(o.properties["name"][0]) for o in view.iter_origins("Person") if o.properties.get("name")
            ]
            start = time.perf_counter()
            proposal = propose(view, rule_decision("bench", datetime.now(UTC)))
            seconds = time.perf_counter() - start
            resolve(book, proposal)
            figures = evaluate(folder / "files" / "truth.csv", workspace.ledger.view(READER), book.standing())
    records = sum(summary.records for summary in proposal.summary.values())
    start = time.perf_counter()
    process.cdist(names, names, scorer=fuzz.token_sort_ratio, score_cutoff=90, dtype=np.uint8, workers=1)
    peer_s = time.perf_counter() - start
    f1 = figures["person"]["pairs"]["f1"]  # type: ignore[index]
    note = (
        f"{records:,} records, person F1 {f1}; peer compares names of {len(names):,} people and nothing else"
    )
    yield rate_figure(
        "identity_records_per_s",
        records / seconds,
        "records/s",
        ("rapidfuzz cdist", len(names) / peer_s),
        note,
    )


CASES: dict[str, Callable[[], Iterator[Figure]]] = {"identity": demo_identity}
