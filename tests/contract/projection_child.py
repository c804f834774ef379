"""A load, or a rebuild, in a process of its own, so that a test can kill it at any moment.

``python -m tests.contract.projection_child FOLDER STORE load|rebuild``; prints a line at every step and ``done`` at last.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from graphcore.access import AccessLabel
from graphcore.evidence import EntityRecord, Evidence, Lineage, LinkRecord, OriginRef, Record
from graphcore.evidence.ledger import QuarantineRow
from graphcore.store.project import Projection
from graphcore.workspace import Workspace

ENTITIES, LINKS, STEP, PAGE = 600, 1_200, 60, 70
LABELS = (
    AccessLabel(),
    AccessLabel(compartment="LARCH"),
    AccessLabel(handling_scheme="3x5x2", handling_code="P"),
)


def main(folder: str, store: str, what: str) -> None:
    """Do the work that is left."""
    name = "neo4j" if store == "neo4j" else "embedded"
    with Workspace.open(Path(folder)) as workspace:
        graph = workspace.store(name)
        graph.prepare()
        projection = Projection(workspace.ledger, graph, batch=PAGE, lock=workspace.folder / "graph.lock")
        if what == "rebuild":
            tell("ready")
            projection.rebuild(lambda *_said: tell("page"))
        else:
            load(workspace, projection)
    tell("done")


def load(workspace: Workspace, projection: Projection) -> None:
    """One file in steps of a few rows, the graph following behind."""
    said = records()
    batch = workspace.ledger.begin_batch("alpha", "all.csv", "hash", "mapping 1")
    tell("ready")
    for start in range(batch.rows_done, len(said), STEP):
        refused = [QuarantineRow("all.csv", start, "vrm", "not a registration mark", "{}")]
        end = min(start + STEP, len(said))
        workspace.ledger.append(batch, said[start:end], refused, end)
        tell("rows")
        if start // STEP % 4 == 3:
            projection.catch_up(lambda *_said: tell("page"))
    workspace.ledger.finish_batch(batch)
    tell("loaded")
    projection.catch_up(lambda *_said: tell("page"))


def tell(step: str) -> None:
    """One line for the watcher."""
    sys.stdout.write(step + "\n")
    sys.stdout.flush()


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


if __name__ == "__main__":
    main(*sys.argv[1:])
