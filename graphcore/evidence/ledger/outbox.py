"""The outbox: what changed, in the order of commits. The projection reads it page by page.

A page is read in one transaction with the states of everything on it, so that the states agree with one another.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Executable, bindparam, func, select

from graphcore.access.label import AccessLabel
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.states import entity_states, link_states
from graphcore.evidence.ledger.tables import link_origin, origin, outbox
from graphcore.evidence.ledger.values import OutboxItem
from graphcore.store.state import EntityState, LinkState

_LAST = select(func.coalesce(func.max(outbox.c.n), 0))
_PAGE = (
    select(outbox.c.n, outbox.c.kind, outbox.c.key)
    .where(outbox.c.n > bindparam("after"))
    .order_by(outbox.c.n)
    .limit(bindparam("count"))
)
_LATER = select(outbox.c.key).where(
    outbox.c.key.in_(items_of("keys")), outbox.c.n > bindparam("after"), outbox.c.kind == "entity"
)
_LATER_MOVED = _LATER.where(outbox.c.moved)
_UIDS = select(origin.c.uid).where(origin.c.uid > bindparam("after")).distinct().order_by(origin.c.uid)
_LIDS = (
    select(link_origin.c.lid)
    .where(link_origin.c.lid > bindparam("after"))
    .distinct()
    .order_by(link_origin.c.lid)
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some changed things with what they are now; what has no state any more is in ``gone_*``. ``last``: the number reached."""

    last: int
    entities: tuple[EntityState, ...]
    links: tuple[LinkState, ...]
    gone_entities: tuple[str, ...]
    gone_links: tuple[str, ...]
    labels: dict[int, AccessLabel]


def last_number(connection: Connection) -> int:
    """Number of the newest item, 0 where there is none."""
    return int(connection.execute(_LAST).scalar_one())


def items(connection: Connection, after: int, limit: int) -> list[OutboxItem]:
    """The next items after a number, ascending."""
    rows = connection.execute(_PAGE, {"after": after, "count": limit})
    return [OutboxItem(n, kind, key) for n, kind, key in rows]


def page(connection: Connection, after: int, limit: int) -> Page | None:
    """The next items with their states; None where there are none."""
    found = items(connection, after, limit)
    if not found:
        return None
    last = found[-1].n
    uids = dict.fromkeys(item.key for item in found if item.kind == "entity")
    lids = dict.fromkeys(item.key for item in found if item.kind == "link")
    # the store may lack an end only if that went and came back: coming back is a moved item behind this page
    return _states(connection, uids, lids, last, _LATER_MOVED)


def states_since(connection: Connection, start: int, uids: Collection[str], lids: Collection[str]) -> Page:
    """What some entities and links are now, for a rebuild that began at outbox number ``start``.

    The ends of the links that changed since then are with them, as the rebuild may have passed them by.
    """
    return _states(connection, uids, lids, start, _LATER)


def _states(
    connection: Connection, uids: Collection[str], lids: Collection[str], last: int, later: Executable
) -> Page:
    links = link_states(connection, lids)
    ends = {end for link in links for end in (link.source, link.target)}.difference(uids)
    coming = connection.scalars(later, {"keys": key_list(sorted(ends)), "after": last}) if ends else ()
    entities = entity_states(connection, [*uids, *coming])
    return Page(
        last,
        tuple(entities),
        tuple(links),
        tuple(sorted(set(uids).difference(state.uid for state in entities))),
        tuple(sorted(set(lids).difference(state.lid for state in links))),
        used_labels(connection, (*entities, *links)),
    )


def used_labels(connection: Connection, found: Sequence[EntityState | LinkState]) -> dict[int, AccessLabel]:
    """The labels that the assertions of some states carry."""
    numbers = {assertion.label for state in found for assertion in state.assertions}
    return {number: label for number, label in read_labels(connection).items() if number in numbers}


def uid_page(connection: Connection, after: str, limit: int) -> list[str]:
    """The next entity ids in ascending order; some may have no state."""
    return [*connection.scalars(_UIDS.limit(limit), {"after": after})]


def lid_page(connection: Connection, after: str, limit: int) -> list[str]:
    """The next link ids in ascending order; some may have no state."""
    return [*connection.scalars(_LIDS.limit(limit), {"after": after})]


def count_keys(connection: Connection) -> int:
    """How many origins and link origins there are: at least as many as entities and links."""
    counts = (select(func.count()).select_from(table) for table in (origin, link_origin))
    return sum(int(connection.execute(count).scalar_one()) for count in counts)
