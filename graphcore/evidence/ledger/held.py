"""What visible records say of an item, put together: for comparing a file with the ledger before it is loaded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.states import properties
from graphcore.evidence.ledger.tables import record
from graphcore.model.graph import Value


@dataclass(frozen=True, slots=True)
class Held:
    """The ids of an item's records, and the distinct values of their properties, oldest record first."""

    rids: frozenset[str]
    properties: Mapping[str, tuple[Value, ...]]


def held_by(connection: Connection, visible: ColumnElement[bool], owners: Sequence[str]) -> dict[str, Held]:
    """By origin or link origin: its records that are ``visible`` (a condition on ``record``)."""
    wanted = (
        select(record.c.owner, record.c.rid, record.c.properties)
        .where(record.c.owner.in_(items_of("keys")), visible)
        .order_by(record.c.owner, record.c.seq)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for owner, rid, said in connection.execute(wanted, {"keys": key_list([*owners])}):
        found.setdefault(owner, []).append((rid, said))
    return {
        owner: Held(frozenset(rid for rid, _ in rows), merged(said for _, said in rows))
        for owner, rows in found.items()
    }


def merged(raws: Iterable[str]) -> Mapping[str, tuple[Value, ...]]:
    """Distinct values of several records' properties, those of the first record first."""
    found: dict[str, list[Value]] = {}
    for raw in raws:
        for name, values in properties(raw).items():
            found.setdefault(name, []).extend(values)
    return {name: tuple(values if len(values) == 1 else _distinct(values)) for name, values in found.items()}


def _distinct(values: Iterable[Value]) -> Iterable[Value]:
    """Each value once; 1 and True and 1.0 are three."""
    return {(type(value), value): value for value in values}.values()
