"""Where things stand: which entity an origin is in, and which link of the graph a link origin makes.

The id of a link follows from the entities at its ends. A link has none while an end is missing, and none while both its
ends are one entity, unless the source itself linked a thing to itself.
"""

from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, select, update

from graphcore.evidence.ledger.dialect import insert_many, items_of, key_list
from graphcore.evidence.ledger.tables import link_origin, origin, outbox, record, waiting, withdrawn
from graphcore.model.ids import IdMaker
from graphcore.schema import SCHEMA


class LinkPlace(NamedTuple):
    """One link origin: ``source`` and ``target`` are origin ids."""

    id: str
    type: str
    source: str
    target: str
    discriminator: str
    lid: str | None


_UIDS = select(origin.c.origin_id, origin.c.uid).where(origin.c.origin_id.in_(items_of("keys")))
_LINKS = select(
    link_origin.c.id,
    link_origin.c.type,
    link_origin.c.source_origin,
    link_origin.c.target_origin,
    link_origin.c.discriminator,
    link_origin.c.lid,
)
_LINKS_BY_ID = _LINKS.where(link_origin.c.id.in_(items_of("keys")))
_LINKS_BY_SOURCE = _LINKS.where(link_origin.c.source_origin.in_(items_of("keys")))
_LINKS_BY_TARGET = _LINKS.where(link_origin.c.target_origin.in_(items_of("keys")))
_MEMBERS = select(origin.c.origin_id).where(origin.c.uid.in_(items_of("keys")))
_SET_LID = update(link_origin).where(link_origin.c.id == bindparam("key")).values(lid=bindparam("new"))
_ANY_WAITING = select(waiting.c.missing).limit(1)
_ANY_WITHDRAWN = select(withdrawn.c.seq).where(withdrawn.c.restored_at.is_(None)).limit(1)


def is_withdrawn(said: FromClause = record) -> ColumnElement[bool]:
    """Condition on a row of ``record`` (or an alias of it)."""
    return (
        select(withdrawn.c.seq)
        .where(withdrawn.c.seq == said.c.seq, withdrawn.c.restored_at.is_(None))
        .exists()
    )


def uids_of(connection: Connection, origin_ids: Collection[str]) -> dict[str, str]:
    """Entity of each origin that is in the ledger."""
    if not origin_ids:
        return {}
    return dict(connection.execute(_UIDS, {"keys": key_list([*origin_ids])}).all())


def members_of(connection: Connection, uids: Collection[str]) -> list[str]:
    """All origins of some entities."""
    return [*connection.scalars(_MEMBERS, {"keys": key_list([*uids])})]


def links_by_id(connection: Connection, ids: Collection[str]) -> list[LinkPlace]:
    """Link origins by their ids."""
    if not ids:
        return []
    return [LinkPlace(*row) for row in connection.execute(_LINKS_BY_ID, {"keys": key_list([*ids])})]


def links_touching(connection: Connection, origin_ids: Collection[str]) -> list[LinkPlace]:
    """Link origins with an end among some origins, each once, ascending by id."""
    keys = {"keys": key_list([*origin_ids])}
    found = {
        LinkPlace(*row)
        for statement in (_LINKS_BY_SOURCE, _LINKS_BY_TARGET)
        for row in connection.execute(statement, keys)
    }
    return sorted(found, key=itemgetter(0))


def lid_of(ids: IdMaker, link: LinkPlace, uids: Mapping[str, str]) -> str | None:
    """Id of the link that a link origin makes, None where it makes none now; ``uids`` are the entities of its ends."""
    a, b = uids.get(link.source), uids.get(link.target)
    if a is None or b is None or (a == b and link.source != link.target):
        return None
    if a > b and SCHEMA.links[link.type].symmetric:
        a, b = b, a
    return ids.link(link.type, a, b, link.discriminator)


def set_lids(connection: Connection, lids: Mapping[str, str | None]) -> None:
    """Write new link ids of link origins."""
    if lids:
        connection.execute(_SET_LID, [{"key": id_, "new": lid} for id_, lid in lids.items()])


def emit(connection: Connection, uids: Iterable[str], lids: Iterable[str], *, moved: bool) -> None:
    """Put changed keys into the outbox, entities first; ``moved``: some may have been absent from the graph before."""
    items = [{"kind": "entity", "key": uid, "moved": moved} for uid in dict.fromkeys(uids)]
    items += [{"kind": "link", "key": lid, "moved": moved} for lid in dict.fromkeys(lids)]
    insert_many(connection, outbox, items)


def any_withdrawn(connection: Connection) -> bool:
    """True if some record is withdrawn now: only then need anybody look closer."""
    return connection.execute(_ANY_WITHDRAWN).first() is not None


def any_waiting(connection: Connection) -> bool:
    """True if some link misses an end."""
    return connection.execute(_ANY_WAITING).first() is not None
