"""The graph store on a Neo4j 5 server; the only package that imports the driver."""

from graphcore.store.neo4j.connection import Neo4jSettings
from graphcore.store.neo4j.store import Neo4jStore

__all__ = ["Neo4jSettings", "Neo4jStore"]
