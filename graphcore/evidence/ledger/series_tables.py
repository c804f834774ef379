"""Tables of series: blocks of occurrences, which part of which block a record counts, and how far a load of series came.

All are only ever added to. A block is an Arrow IPC stream under zstd whose columns are those of one
:class:`graphcore.evidence.series.SeriesLayout` and ``counted``; the part of one record is in order of time.
"""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from graphcore.evidence.ledger.tables import Number, metadata

series_block = Table(
    "series_block",
    metadata,
    Column("number", Number, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# first_at and last_at are microseconds since 1970 UTC
series_part = Table(
    "series_part",
    metadata,
    Column("seq", Number, ForeignKey("record.seq"), primary_key=True, autoincrement=False),
    Column("block", Number, ForeignKey("series_block.number"), primary_key=True, autoincrement=False),
    Column("start", Number, nullable=False),
    Column("length", Number, nullable=False),
    Column("first_at", Number, nullable=False),
    Column("last_at", Number, nullable=False),
    Index("series_part_block", "block"),
    sqlite_with_rowid=False,
)

series_step = Table(
    "series_step",
    metadata,
    Column("batch", Number, ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    Column("step", Text, primary_key=True),
)
