"""Proof reading of the ledger: ids and hashes computed again from what they were made of, and places from judgements.

Each method gives one line for each thing that is wrong, with its own number or id and never what it says. Cost: one pass
over the rows, about ten microseconds a record; memory holds one page, and of identity the origins that were judged.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from graphcore.access.label import AccessLabel
from graphcore.errors import LedgerError
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import items_of, key_list
from graphcore.evidence.ledger.labels import read_labels
from graphcore.evidence.ledger.places import LinkPlace, lid_of, uids_of
from graphcore.evidence.ledger.series_blocks import COUNTED, decode
from graphcore.evidence.ledger.series_tables import series_block, series_part
from graphcore.evidence.ledger.tables import link_origin, origin, record
from graphcore.evidence.record import statement_hash
from graphcore.model.ids import IdMaker

PAGE = 5_000
_RECORDS = select(record).where(record.c.seq > bindparam("after")).order_by(record.c.seq).limit(PAGE)
_OF_SERIES = select(series_part.c.seq).where(series_part.c.seq.between(bindparam("first"), bindparam("last")))
_LINK_IDS = select(link_origin.c.id).where(link_origin.c.id.in_(items_of("keys")))
_ORIGINS = (
    select(origin).where(origin.c.origin_id > bindparam("after")).order_by(origin.c.origin_id).limit(PAGE)
)
_LINKS = (
    select(link_origin).where(link_origin.c.id > bindparam("after")).order_by(link_origin.c.id).limit(PAGE)
)
_FIRST = (
    select(record.c.owner, func.min(record.c.seq))
    .where(record.c.owner.in_(items_of("keys")))
    .group_by(record.c.owner)
)
_BLOCKS = select(series_block.c.number).order_by(series_block.c.number)
_BODY = select(series_block.c.body).where(series_block.c.number == bindparam("key"))
_PARTS = select(series_part).where(series_part.c.block == bindparam("key")).order_by(series_part.c.start)
_COUNTS = select(record.c.properties).where(record.c.seq == bindparam("key"))


class Proof:
    """See :attr:`Ledger.proof`."""

    def __init__(self, database: Database, ids: IdMaker) -> None:
        self._database = database
        self._ids = ids

    def records(self) -> Iterator[str]:
        """Records whose hash, id or owner does not follow from what they say; gaps in their numbers."""
        with self._database.reading() as connection:
            labels, last = read_labels(connection), 0
            for page in _pages(connection, _RECORDS, "seq", 0):
                span = {"first": page[0]["seq"], "last": page[-1]["seq"]}
                series = set(connection.scalars(_OF_SERIES, span))
                links = {row["owner"] for row in page if row["kind"] == "link"}
                known = set(connection.scalars(_LINK_IDS, {"keys": key_list(sorted(links))}))
                for row in page:
                    if row["seq"] != last + 1:
                        yield f"record {last + 1} is missing: the next one is {row['seq']}"
                    last = row["seq"]
                    fault = self._fault_of_record(row, labels, row["seq"] in series, known)
                    if fault:
                        yield f"record {row['seq']} ({row['rid']}): {fault}"

    def _fault_of_record(
        self, row: RowMapping, labels: Mapping[int, AccessLabel], in_series: bool, links: set[str]
    ) -> str:
        try:
            content = row["content_hash"] if in_series else _content(row, labels[row["label"]])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return "what it says cannot be read"
        if content != row["content_hash"]:
            return "it does not say what it said"
        if self._ids.record(row["owner"], content) != row["rid"]:
            return "its id is not that of what it says"
        if row["kind"] == "entity":
            owner = self._ids.origin(row["source"], row["type"], row["reference"])
            return "" if owner == row["owner"] else "it speaks of another item than its id says"
        return "" if row["owner"] in links else "the link that it speaks of is not there"

    def series(self) -> Iterator[str]:
        """Blocks that cannot be read or hold other times than was put down, and records that count otherwise than these."""
        with self._database.reading() as connection:
            counts: dict[int, int] = {}
            for number in connection.scalars(_BLOCKS).all():
                fault = _fault_of_block(connection, number, counts)
                if fault:
                    yield f"block {number} of occurrences: {fault}"
            for seq, count in sorted(counts.items()):
                said = connection.scalar(_COUNTS, {"key": seq})
                if said is None or orjson.loads(said).get("occurrences") != [count]:
                    yield f"record {seq} counts otherwise than its {count:,} occurrences"

    def places(self, judged: Mapping[str, str]) -> Iterator[str]:
        """Origins whose id, first record or entity does not follow, and links that do not follow from their ends.

        ``judged`` is the entity of every origin that a standing judgement names; all others are entities of their own.
        """
        with self._database.reading() as connection:
            for page in _pages(connection, _ORIGINS, "origin_id", ""):
                keys = {"keys": key_list([row["origin_id"] for row in page])}
                first = dict(connection.execute(_FIRST, keys).all())
                for row in page:
                    fault = self._fault_of_origin(row, first, judged)
                    if fault:
                        yield f"origin {row['origin_id']}: {fault}"
            for page in _pages(connection, _LINKS, "id", ""):
                links = [LinkPlace(*row.values()) for row in page]
                uids = uids_of(connection, {end for link in links for end in (link.source, link.target)})
                for link in links:
                    made = self._ids.link_origin(link.type, link.source, link.target, link.discriminator)
                    if made != link.id or lid_of(self._ids, link, uids) != link.lid:
                        yield f"link origin {link.id}: it does not follow from its ends"

    def _fault_of_origin(self, row: RowMapping, first: Mapping[str, int], judged: Mapping[str, str]) -> str:
        if self._ids.origin(row["source"], row["entity_type"], row["reference"]) != row["origin_id"]:
            return "its id is not that of its source and reference"
        if first.get(row["origin_id"], row["first_seq"]) != row["first_seq"]:
            return "its first record is another"
        if judged.get(row["origin_id"], row["origin_id"]) != row["uid"]:
            return "the standing judgements put it into another entity"
        return ""


def _pages(
    connection: Connection, statement: Select[Any], key: str, start: int | str
) -> Iterator[list[RowMapping]]:
    after = start
    while page := [*connection.execute(statement, {"after": after}).mappings()]:
        yield page
        after = page[-1][key]


def _content(row: RowMapping, label: AccessLabel) -> str:
    scheme = row["grading_scheme"]
    return statement_hash(
        row["entity_kind"] if row["kind"] == "entity" else row["source"],
        orjson.loads(row["properties"]),
        label,
        (scheme, row["grading_source"], row["grading_intelligence"]) if scheme else None,
        (row["valid_from"], row["valid_to"]),
        orjson.loads(row["original"]),
    )


def _fault_of_block(connection: Connection, number: int, counts: dict[int, int]) -> str:
    try:
        table = decode(bytes(connection.scalar(_BODY, {"key": number}) or b""))
        at, counted = table.column("at").to_numpy(), table.column(COUNTED).to_numpy()
    except (LedgerError, KeyError, ValueError) as error:
        return str(error) if isinstance(error, LedgerError) else "it lacks its columns"
    for part in connection.execute(_PARTS, {"key": number}).mappings():
        end = part["start"] + part["length"]
        if not part["length"] or end > len(at):
            return f"record {part['seq']} has a part that is not there"
        if (int(at[part["start"]]), int(at[end - 1])) != (part["first_at"], part["last_at"]):
            return f"record {part['seq']} has other times than was put down"
        counts[part["seq"]] = counts.get(part["seq"], 0) + int(counted[part["start"] : end].sum())
    return ""
