"""First loads into Neo4j: the graph as files for ``neo4j-admin database import``, and that import on a local server."""

from graphcore.store.neo4j.bulk.files import ImportSet, write_import_files
from graphcore.store.neo4j.bulk.run import import_into

__all__ = ["ImportSet", "import_into", "write_import_files"]
