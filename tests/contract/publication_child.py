"""A publication in a process of its own, so that a test can kill it: ``FILE URI USER``, the password in the environment.

Prints a line behind every few elements and ``done`` at last.
"""

import os
import sys
from pathlib import Path

from graphcore.store.embedded import EmbeddedStore
from graphcore.store.neo4j import Neo4jSettings
from graphcore.store.neo4j.publication import Mark, Publication
from tests.contract.world import PLAIN


def main(file: str, uri: str, user: str) -> None:
    """Publish what is left to publish."""
    store = EmbeddedStore(Path(file))
    settings = Neo4jSettings(uri, user, os.environ["OCB_TEST_PASSWORD"])
    publication = Publication(settings, Mark("analysts", "workspace-token"), batch=4)
    publication.prepare()
    publication.bring(store.view(PLAIN), "2026-01-01T00:00:00.000000Z", lambda *_said: tell("part"))
    tell("done")


def tell(step: str) -> None:
    """One line for the watcher."""
    sys.stdout.write(step + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
