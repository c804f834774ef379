"""The label table: few distinct access labels, each with a number that records and stores carry.

A label under which records are held since (retention, pointer) has no row: its number is that of the label they came with
plus a shift (``graphcore.evidence.ledger.holdings``).
"""

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Executable, RowMapping, func, insert, select, text

from graphcore.access.filter import EVERYTHING, Column, Filter
from graphcore.access.forms import SqlShape, json_each, jsonb_each, sql_condition
from graphcore.access.label import AccessLabel, Pointer, Retention
from graphcore.evidence.ledger.holdings import STEP, states_in_use
from graphcore.evidence.ledger.tables import label

_COLUMNS = {
    Column.MARKING: "label.marking",
    Column.HANDLING: "label.handling_scheme || ' ' || label.handling_code",
    Column.CONDITIONS: "label.handling_conditions",
    Column.COMPARTMENT: "label.compartment",
    Column.ORIGINATOR: "label.originator",
    Column.RETENTION: ":held_retention",
    Column.POINTER: ":held_pointer",
}


def read_labels(connection: Connection, filter_: Filter = EVERYTHING) -> dict[int, AccessLabel]:
    """The labels that pass a filter by number, ascending; the filter runs in the database."""
    rows_of = json_each if connection.dialect.name == "sqlite" else jsonb_each
    condition, parameters = sql_condition(filter_, SqlShape(_COLUMNS, rows_of))
    wanted = _wanted(condition)
    found: dict[int, AccessLabel] = {}
    for shift, retention, pointer in states_in_use(connection):
        held = {"held_retention": retention.value, "held_pointer": pointer.value}
        given = {**parameters, **{name: value for name, value in held.items() if ":" + name in condition}}
        for row in connection.execute(wanted, given).mappings():
            found[row["number"] + shift] = _label(row, retention, pointer)
    return found


@lru_cache(maxsize=64)
def _wanted(condition: str) -> Executable:
    """The statement, made once for each form of a filter."""
    return select(label).where(text(condition)).order_by(label.c.number)


def label_numbers(
    connection: Connection, wanted: Collection[AccessLabel], known: dict[AccessLabel, int]
) -> None:
    """Make ``known`` hold the number of every label in ``wanted``, writing those that are new."""
    if known.keys() >= set(wanted):
        return
    known.update({there: number % STEP for number, there in read_labels(connection).items()})
    last: int = connection.execute(select(func.coalesce(func.max(label.c.number), 0))).scalar_one()
    # what a record is held as is decided in this ledger alone: it comes under its own label
    plain = {made: replace(made, retention=Retention.CURRENT, pointer=Pointer.SILENT) for made in wanted}
    new = sorted(set(plain.values()) - known.keys())
    for number, made in enumerate(new, start=last + 1):
        connection.execute(insert(label), {"number": number, **_row(made)})
        known[made] = number
    known.update({made: known[own] for made, own in plain.items()})


def _row(made: AccessLabel) -> dict[str, Any]:
    return {
        "marking": str(made.marking),
        "handling_scheme": made.handling_scheme,
        "handling_code": made.handling_code,
        "handling_conditions": orjson.dumps(made.handling_conditions).decode(),
        "compartment": made.compartment,
        "originator": made.originator,
    }


def _label(row: RowMapping, retention: Retention, pointer: Pointer) -> AccessLabel:
    return AccessLabel(
        marking=row["marking"],
        handling_scheme=row["handling_scheme"],
        handling_code=row["handling_code"],
        handling_conditions=tuple(orjson.loads(row["handling_conditions"])),
        compartment=row["compartment"],
        originator=row["originator"],
        retention=retention.value,
        pointer=pointer.value,
    )
