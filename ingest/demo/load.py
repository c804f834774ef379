"""The demo's files into a workspace, in the order in which a force would get them.

Police and register first, so that links of the later files find their ends; what stays waiting names something that no
file defines, on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graphcore.store.port import GraphStore
from graphcore.workspace import Workspace
from ingest.pipeline import LoadSummary, Progress, load

MAPPINGS: Final = Path(__file__).with_name("mappings")
# Source, its files in order, and the mapping; None: the source's own from the registry.
STEPS: Final[tuple[tuple[str, tuple[str, ...], str | None], ...]] = (
    ("companies_house", ("companies.csv",), None),
    ("psc", ("psc.jsonl",), None),
    ("officers", ("officers.csv",), None),
    ("force_a", ("force_a.csv", "events_a.csv", "parties_a.csv"), "force_a.yaml"),
    ("force_b", ("force_b.jsonl", "events_b.csv", "parties_b.csv"), "force_b.yaml"),
    ("force_c", ("force_c.csv", "events_c.csv", "parties_c.csv"), "force_c.yaml"),
    ("intel", ("intelligence.jsonl", "intelligence_legacy.jsonl"), "intelligence.yaml"),
    ("keepers", ("vehicle_keepers.csv",), "keepers.yaml"),
    ("subscribers", ("subscribers.csv",), "subscribers.yaml"),
    ("trade", ("trade_links.csv",), "trade.yaml"),
    ("workforce", ("workforce.csv",), "workforce.yaml"),
    ("bank", ("accounts.csv", "transactions.csv"), "bank.yaml"),
    ("calls", ("calls.csv",), "calls.yaml"),
)


def load_demo(
    workspace: Workspace, folder: Path, *, store: GraphStore | None = None, progress: Progress | None = None
) -> Mapping[str, LoadSummary]:
    """Load every file of a generated demo; loading it again adds nothing.

    Args:
        workspace: Where to.
        folder: As :func:`ingest.demo.generate.generate` left it.
        store: The graph store to bring up to date; None: the embedded one.
        progress: Told what is done after every batch.

    Returns:
        The summary of each file, by its name, in order of loading.
    """
    return {
        name: load(
            workspace,
            source,
            folder / name,
            mapping=MAPPINGS / mapping if mapping else None,
            store=store,
            progress=progress,
        )
        for source, names, mapping in STEPS
        for name in names
    }
