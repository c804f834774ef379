"""Tables of ``requests.sqlite3``: requests with their steps, operations that may be told of, and what they looked at.

All are only ever added to: triggers refuse everything else.
"""

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

from graphcore.evidence.ledger.dialect import frozen_table_ddl

METADATA = MetaData()


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, String, nullable=False) for name in names]


REQUEST = Table(
    "request",
    METADATA,
    Column("n", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    *_texts(
        "uid", "about", "organisation", "compartment", "told", "asked_by", "asker_organisation", "asker_team"
    ),
    *_texts("purpose", "reason", "operation", "question", "asked_at", "due_at"),
    Index("request_owner", "organisation", "n"),
    Index("request_asker", "asked_by", "n"),
)
STEP = Table(
    "step",
    METADATA,
    Column("n", Integer, primary_key=True),
    Column("request", Integer, ForeignKey("request.n"), nullable=False, index=True),
    *_texts("state", "by", "at", "text", "gateway"),
)
STANCE = Table(
    "stance",
    METADATA,
    Column("n", Integer, primary_key=True),
    *_texts("operation", "organisation"),
    Column("open", Boolean, nullable=False),
    *_texts("contact", "by", "at", "reason"),
    Index("stance_operation", "operation", "n"),
)
INTEREST = Table(
    "interest",
    METADATA,
    Column("n", Integer, primary_key=True),
    *_texts("uid", "operation", "subject", "at"),
    UniqueConstraint("uid", "operation", "subject"),
)
for _table in METADATA.sorted_tables:
    for _statement in frozen_table_ddl("sqlite", _table.name):
        event.listen(_table, "after_create", DDL(_statement))
