"""The graph in one SQLite file, with nothing but the standard library."""

from graphcore.store.embedded.store import EmbeddedStore

__all__ = ["EmbeddedStore"]
