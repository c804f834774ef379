"""What changes the graph without new records: identity moves origins between entities.

Every entity and link that was or will be there under an affected key goes into the outbox in the same transaction.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select, update

from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.ledger.places import (
    emit,
    lid_of,
    links_touching,
    set_lids,
    uids_of,
)
from graphcore.evidence.ledger.tables import origin
from graphcore.evidence.ledger.values import OriginPlace, Standing
from graphcore.model.ids import IdMaker

_SET_UID = update(origin).where(origin.c.origin_id == bindparam("key")).values(uid=bindparam("new"))
_member = origin.alias("member")
_CLUSTERS = (
    select(origin.c.origin_id, origin.c.uid, origin.c.first_seq)
    .where(
        origin.c.uid.in_(
            select(_member.c.uid).where(_member.c.origin_id.in_(items_of("keys"))).scalar_subquery()
        )
    )
    .order_by(origin.c.uid, origin.c.first_seq)
)


def clusters(connection: Connection, origin_ids: list[str]) -> list[OriginPlace]:
    """All members of the entities that some origins are in, by uid, then in order of arrival."""
    return [OriginPlace(*row) for row in connection.execute(_CLUSTERS, {"keys": key_list(origin_ids)})]


_STANDINGS = select(origin.c.origin_id, origin.c.uid, origin.c.entity_type, origin.c.first_seq).where(
    origin.c.uid.in_(select(_member.c.uid).where(_member.c.origin_id.in_(items_of("keys"))).scalar_subquery())
)


def standings(connection: Connection, origin_ids: list[str]) -> dict[str, Standing]:
    """As :func:`clusters`, by origin, with types."""
    rows = connection.execute(_STANDINGS, {"keys": key_list(origin_ids)})
    return {origin_id: Standing(uid, entity_type, first) for origin_id, uid, entity_type, first in rows}


def recluster(connection: Connection, ids: IdMaker, changes: Mapping[str, str]) -> int:
    """Put origins into other entities and re-key the links they are ends of; gives the number of origins moved.

    Raises:
        UnknownKeyError: an origin, or an origin named as uid, is not in the ledger; nothing is changed.
    """
    before = uids_of(connection, {*changes, *changes.values()})
    unknown = sorted({*changes, *changes.values()}.difference(before))
    if unknown:
        raise UnknownKeyError(
            f"{len(unknown)} origins are not in this ledger, the first is {unknown[0]}: judge only what has been loaded"
        )
    moved = {key: uid for key, uid in changes.items() if before[key] != uid}
    if not moved:
        return 0
    connection.execute(_SET_UID, [{"key": key, "new": uid} for key, uid in sorted(moved.items())])
    lids = _rekey(connection, ids, moved)
    uids = sorted({*moved.values(), *(before[key] for key in moved)})
    emit(connection, uids, lids, moved=True)
    return len(moved)


def _rekey(connection: Connection, ids: IdMaker, moved: Mapping[str, str]) -> list[str]:
    links = links_touching(connection, moved)
    uids = uids_of(connection, {end for link in links for end in (link.source, link.target)})
    changed: dict[str, str | None] = {}
    keys: set[str | None] = set()
    for link in links:
        new = lid_of(ids, link, uids)
        if new != link.lid:
            changed[link.id] = new
            keys |= {link.lid, new}
    set_lids(connection, changed)
    return sorted(key for key in keys if key is not None)
