"""Series of occurrences: blocks of columns beside the records that count them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FROZEN = ("series_block", "series_part", "series_step")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, which only ever grow."""
    op.create_table(
        "series_block",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "series_part",
        _key("seq", "record.seq"),
        _key("block", "series_block.number"),
        *(sa.Column(name, NUMBER, nullable=False) for name in ("start", "length", "first_at", "last_at")),
        sqlite_with_rowid=False,
    )
    op.create_index("series_part_block", "series_part", ["block"])
    op.create_table(
        "series_step", _key("batch", "batch.number"), sa.Column("step", sa.Text(), primary_key=True)
    )
    for table in FROZEN:
        for statement in frozen_table_ddl(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")


def _key(name: str, of: str) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, sa.ForeignKey(of), primary_key=True, autoincrement=False)
