"""The label table: few distinct access labels, each with a number that records and stores carry."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, func, insert, select

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger.tables import label


def read_labels(connection: Connection) -> dict[int, AccessLabel]:
    """Every label by its number, ascending."""
    return {
        row["number"]: _label(row)
        for row in connection.execute(select(label).order_by(label.c.number)).mappings()
    }


def label_numbers(
    connection: Connection, wanted: Collection[AccessLabel], known: dict[AccessLabel, int]
) -> None:
    """Make ``known`` hold the number of every label in ``wanted``, writing those that are new."""
    if known.keys() >= set(wanted):
        return
    known.update({there: number for number, there in read_labels(connection).items()})
    last: int = connection.execute(select(func.coalesce(func.max(label.c.number), 0))).scalar_one()
    new = sorted(set(wanted) - known.keys())
    for number, made in enumerate(new, start=last + 1):
        connection.execute(insert(label), {"number": number, **_row(made)})
        known[made] = number


def _row(made: AccessLabel) -> dict[str, Any]:
    return {
        "marking": str(made.marking),
        "handling_scheme": made.handling_scheme,
        "handling_code": made.handling_code,
        "handling_conditions": orjson.dumps(made.handling_conditions).decode(),
        "compartment": made.compartment,
        "originator": made.originator,
    }


def _label(row: RowMapping) -> AccessLabel:
    return AccessLabel(
        marking=row["marking"],
        handling_scheme=row["handling_scheme"],
        handling_code=row["handling_code"],
        handling_conditions=tuple(orjson.loads(row["handling_conditions"])),
        compartment=row["compartment"],
        originator=row["originator"],
    )
