"""A view as arrays: rows come from the server in no order and are sorted here, which is quicker than there."""

from collections.abc import Mapping
from math import isnan
from typing import Any

from graphcore.projection.arrays import GraphArrays
from graphcore.store.columns import EntityRow, LinkRow, build_arrays
from graphcore.store.neo4j.connection import Connection
from graphcore.store.neo4j.steps import sorted_or_none
from graphcore.store.query import ExportQuery


def export_arrays(connection: Connection, query: ExportQuery, view: Mapping[str, Any]) -> GraphArrays:
    """The visible part of the graph that the question asks for."""
    entity_types, link_types = sorted_or_none(query.entity_types), sorted_or_none(query.link_types)
    entities = [
        EntityRow(row["uid"], row["uid"], row["type"], row["caption"])
        for row in connection.stream("read/export_entities", entity_types=entity_types, **view)
    ]
    entities.sort(key=lambda row: row.uid)
    links: list[LinkRow] = []
    known = {row.uid for row in entities}
    for row in connection.stream(
        "read/export_links", entity_types=entity_types, link_types=link_types, **view
    ):
        # an end that came or went between the two reads leaves its links out
        if row["source"] in known and row["target"] in known:
            links += _link_rows(row)
    # stable: the assertions of one link stay in their order, which is that of seq
    links.sort(key=lambda row: row.lid)
    return build_arrays(entities, links)


def _link_rows(row: Mapping[str, Any]) -> list[LinkRow]:
    key = (row["lid"], row["type"], row["source"], row["target"])
    columns = (row["shares_min"], row["shares_max"], row["amounts"], row["counts"])
    return [
        LinkRow(
            *key,
            start or None,
            end or None,
            _known(least),
            _known(most),
            _known(amount),
            _known(count),
            stated_by,
        )
        for start, end, stated_by, least, most, amount, count in zip(
            row["starts"], row["ends"], row["sources"], *columns, strict=True
        )
    ]


def _known(value: float | None) -> float | None:
    return None if value is None or isnan(value) else value
