"""A published graph as it lies in the server, past every view: for tests that compare all of it."""

from __future__ import annotations

from typing import Any

import orjson
from neo4j import Driver, GraphDatabase

from graphcore.store.neo4j import Neo4jSettings
from tests.neo4j_fixture import Neo4jAddress

Dump = dict[str, list[Any]]


class Server:
    """The server of the run, emptied at will and read raw."""

    def __init__(self, address: Neo4jAddress) -> None:
        self.address = address
        self.prepared = False  # half a hundred constraints are looked for each time
        self.settings = Neo4jSettings(address.uri, address.user, address.password)
        self.driver: Driver = GraphDatabase.driver(address.uri, auth=(address.user, address.password))

    def rows(self, text: str, **params: object) -> list[Any]:
        with self.driver.session() as session:
            return [row.data() for row in session.run(text, params)]  # type: ignore[arg-type]

    def empty(self) -> None:
        self.rows("MATCH (n) DETACH DELETE n")

    def dump(self) -> Dump:
        """Every node and relationship with all its properties; label numbers as what they stand for."""
        said = {
            row["p"].pop("number"): row["p"]
            for row in self.rows("MATCH (n:AccessLabel) RETURN properties(n) AS p")
        }
        nodes = self.rows("MATCH (n) WHERE NOT n:AccessLabel RETURN labels(n) AS labels, properties(n) AS p")
        links = self.rows(
            "MATCH (a)-[r]->(b) RETURN a.uid AS a, b.uid AS b, type(r) AS type, properties(r) AS p"
        )
        for row in (*nodes, *links):
            if "access" in row["p"]:
                row["p"]["access"] = [said[number] for number in row["p"]["access"]]
        return {
            "labels": ordered(said.values()),
            "nodes": ordered(nodes),
            "links": ordered(links),
        }

    def elements(self) -> dict[str, str]:
        """Every entity and link by its key, as one text."""
        nodes = self.rows("MATCH (n:Entity) RETURN n.uid AS key, [labels(n), properties(n)] AS said")
        links = self.rows(
            "MATCH (a)-[r]->(b) RETURN r.lid AS key, [a.uid, b.uid, type(r), properties(r)] AS said"
        )
        return {row["key"]: orjson.dumps(row["said"]).decode() for row in (*nodes, *links)}

    def contents(self) -> str:
        """What its nodes and relationships hold."""
        asked = ("MATCH (n) RETURN properties(n) AS p", "MATCH ()-[r]->() RETURN properties(r) AS p")
        return "\n".join(orjson.dumps(row, default=str).decode() for text in asked for row in self.rows(text))

    def everything(self) -> str:
        """All text that the database gives to anybody: contents, indexes, and the names of its tokens."""
        asked = (
            "MATCH (n) RETURN labels(n) AS labels, properties(n) AS p",
            "MATCH ()-[r]->() RETURN type(r) AS type, properties(r) AS p",
            "SHOW INDEXES YIELD *",
            "SHOW CONSTRAINTS YIELD *",
            "CALL db.labels()",
            "CALL db.relationshipTypes()",
            "CALL db.propertyKeys()",
        )
        return "\n".join(orjson.dumps(row, default=str).decode() for text in asked for row in self.rows(text))


def ordered(rows: Any) -> list[Any]:
    """Rows as canonical text in one order; NaN is null."""
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str).decode() for row in rows)
