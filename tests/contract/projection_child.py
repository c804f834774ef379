"""A load, and a rebuild, to be killed at any moment and to be gone on with."""

import random
from collections.abc import Iterator
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.evidence import EntityRecord, Evidence, Lineage, LinkRecord, OriginRef, Record
from graphcore.evidence.ledger import QuarantineRow
from graphcore.store.project import Projection
from graphcore.workspace import Workspace
from tests.contract.killing import Tell

ENTITIES, LINKS, STEP, PAGE = 600, 1_200, 60, 70
LABELS = (
    AccessLabel(),
    AccessLabel(compartment="LARCH"),
    AccessLabel(handling_scheme="3x5x2", handling_code="P"),
)


def load(folder: str, store: str, tell: Tell) -> None:
    """What is left of one file, in steps of a few rows, the graph following behind."""
    said = records()
    with Workspace.open(Path(folder)) as workspace:
        projection = _projection(workspace, store)
        batch = workspace.ledger.begin_batch("alpha", "all.csv", "hash", "mapping 1")
        tell()
        for start in range(batch.rows_done, len(said), STEP):
            refused = [QuarantineRow("all.csv", start, "vrm", "not a registration mark", "{}")]
            end = min(start + STEP, len(said))
            workspace.ledger.append(batch, said[start:end], refused, end)
            tell()
            if start // STEP % 4 == 3:
                projection.catch_up(tell)
        workspace.ledger.finish_batch(batch)
        tell()
        projection.catch_up(tell)


def rebuild(folder: str, store: str, tell: Tell) -> None:
    """The graph, from nothing."""
    with Workspace.open(Path(folder)) as workspace:
        projection = _projection(workspace, store)
        tell()
        projection.rebuild(tell)


def _projection(workspace: Workspace, store: str) -> Projection:
    graph = workspace.store("neo4j" if store == "neo4j" else "embedded")
    graph.prepare()
    return Projection(workspace.ledger, graph, batch=PAGE, lock=workspace.folder / "graph.lock")


def records() -> list[Record]:
    """Always the same records: links before their ends, the same statements twice, three access labels."""
    rng = random.Random(20261121)
    made = [*_entities(rng), *_links(rng)]
    made += rng.sample(made, 100)
    rng.shuffle(made)
    return made


def _entities(rng: random.Random) -> Iterator[Record]:
    for n in range(ENTITIES):
        for part in range(1 + (n % 5 == 0)):
            names = (f"Person {n}", f"Alias {part}")
            yield EntityRecord(_ref(n), "", {"name": names}, _evidence(rng, n))


def _links(rng: random.Random) -> Iterator[Record]:
    for n in range(LINKS):
        a, b = rng.randrange(ENTITIES), rng.randrange(ENTITIES + 20)  # some ends never come
        yield LinkRecord(
            "alpha", "ASSOCIATE_OF", _ref(a), _ref(b), "", {"basis": (f"seen {n % 7}",)}, _evidence(rng, n)
        )


def _ref(n: int) -> OriginRef:
    return OriginRef("alpha", "Person", str(n))


def _evidence(rng: random.Random, row: int) -> Evidence:
    return Evidence(Lineage("all.csv", row), rng.choice(LABELS), original={"row": row})
