"""A child that loads for as long as it lives, one batch of one append after the other, and says each time what it did."""

import sys
from itertools import pairwise
from pathlib import Path

from graphcore.workspace import Workspace
from tests.unit.ledger.ledger_kit import entity, link, load, ref


def main(folder: str, rounds: int) -> None:
    with Workspace.open(Path(folder)) as workspace:
        store = workspace.store()
        store.prepare()
        for number in range(rounds):
            names = [ref(f"load {number} {n}") for n in range(40)]
            links = [link(a, b) for a, b in pairwise(names)]
            load(workspace.ledger, *(entity(name) for name in names), *links, file_hash=f"load {number}")
            workspace.projection(store).catch_up()
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
