"""Tables of the standing fit: what the last run of identity leaves, so that single records are matched as it would have.

They can be made anew from the records at any time, so they are not frozen. Origins stand in them by the number of their first
record. A key is a keyed hash of what records share; one that too many share has the single row with origin :data:`COMMON`.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Table

from graphcore.evidence.ledger.tables import Number, metadata, required

COMMON: Final = -1

standing_fit = Table(
    "standing_fit",
    metadata,
    Column("number", Number, primary_key=True),
    required("entity_type"),
    required("made_at"),
    required("document"),  # the weights; "" where identifiers alone decide
    Column("records", Number, nullable=False),
    Column("every_pair", Boolean, nullable=False),
    Column("reach", Number, nullable=False),  # the last record that was matched
    Index("standing_fit_type", "entity_type"),
)
standing_key = Table(
    "standing_key",
    metadata,
    Column("fit", Number, ForeignKey("standing_fit.number"), primary_key=True),
    Column("hash", BigInteger, primary_key=True),
    Column("origin", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)
standing_count = Table(
    "standing_count",
    metadata,
    Column("fit", Number, ForeignKey("standing_fit.number"), primary_key=True),
    Column("hash", BigInteger, primary_key=True),
    Column("count", Number, nullable=False),
    sqlite_with_rowid=False,
)
standing_group = Table(
    "standing_group",
    metadata,
    Column("fit", Number, ForeignKey("standing_fit.number"), primary_key=True),
    Column("origin", BigInteger, primary_key=True),
    Column("lowest", BigInteger, nullable=False),
    Column("bar", Float, nullable=False),
    Index("standing_group_lowest", "fit", "lowest"),
    sqlite_with_rowid=False,
)
