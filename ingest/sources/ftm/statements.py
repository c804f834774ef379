"""FollowTheMoney statements (one value a row) put together to entities, as far as rows of one entity stand together.

Exports are in order of their canonical id; an entity whose rows are scattered comes in parts, which the graph joins.
"""

from collections.abc import Iterable, Iterator
from typing import cast

from ingest.mapping.compiler import Row
from ingest.readers.base import BadRow

COLUMNS = ("entity_id", "prop", "schema", "value")
_VALUES_MAX = 100_000
_VAGUE = ("", "Thing", "LegalEntity", "Asset", "Organization", "Document", "Vehicle")


def entities(rows: Iterable[Row | BadRow]) -> Iterator[Row | BadRow]:
    """Entities from statements; a row that lacks one of ``COLUMNS`` is refused alone."""
    held: dict[str, object] = {}
    count = 0
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        statement = cast("dict[str, object]", row)
        lacking = next((name for name in COLUMNS if not isinstance(statement.get(name), str)), None)
        if lacking is not None:
            yield BadRow(lacking, "is missing: neither an entity nor a statement", ascii(statement)[:1000])
            continue
        reference = str(statement.get("canonical_id") or statement["entity_id"])
        if held and (held["id"] != reference or count >= _VALUES_MAX):
            yield held
            held, count = {}, 0
        if not held:
            held = {"id": reference, "schema": statement["schema"], "properties": {}, "datasets": []}
        _add(held, statement)
        count += 1
    if held:
        yield held


def _add(held: dict[str, object], statement: dict[str, object]) -> None:
    schema, name, value = str(statement["schema"]), str(statement["prop"]), str(statement["value"])
    # statements of one entity may say more and less precise schemata: the precise one counts
    if schema not in _VAGUE and held["schema"] in _VAGUE:
        held["schema"] = schema
    datasets = cast("list[str]", held["datasets"])
    dataset = statement.get("dataset")
    if isinstance(dataset, str) and dataset not in datasets:
        datasets.append(dataset)
    if name == "id" or not value:
        return
    values = cast("dict[str, list[str]]", held["properties"]).setdefault(name, [])
    if value not in values:
        values.append(value)
