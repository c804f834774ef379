"""Tables of access that is decided after a load: grants and their ends, and how single records are held. Only added to."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from graphcore.evidence.ledger.tables import Number, metadata, required

access_grant = Table(
    "access_grant",
    metadata,
    Column("number", Number, primary_key=True),
    Column("grant_id", Text, nullable=False, unique=True),
    *map(
        required, ("grantee", "name", "scope", "over", "operation", "until", "given_by", "given_at", "reason")
    ),
    Index("access_grant_name", "name"),
)
grant_end = Table(
    "grant_end",
    metadata,
    Column("grant", Number, ForeignKey("access_grant.number"), primary_key=True, autoincrement=False),
    *map(required, ("revoked_by", "revoked_at", "reason")),
)
# shift: what is added to the number of a record's label to give that of the label under which it is held
holding = Table(
    "holding",
    metadata,
    Column("number", Number, primary_key=True),
    *map(required, ("retention", "pointer")),
    Column("shift", Integer, nullable=False),
    *map(required, ("decided_by", "decided_at", "reason")),
)
held_record = Table(
    "held_record",
    metadata,
    Column("seq", Number, ForeignKey("record.seq"), primary_key=True, autoincrement=False),
    Column("holding", Number, ForeignKey("holding.number"), primary_key=True, autoincrement=False),
)
