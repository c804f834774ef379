"""Suggestions: names found in free text that wait for a person."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FROZEN = ("suggestion", "suggestion_decision")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, which only ever grow."""
    op.create_table(
        "suggestion",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("suggestion_id", sa.Text(), nullable=False, unique=True),
        sa.Column("seq", NUMBER, sa.ForeignKey("record.seq"), nullable=False),
        *map(_text, ("field", "kind", "label")),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        _text("excerpt"),
    )
    op.create_index("suggestion_record", "suggestion", ["seq"])
    op.create_table(
        "suggestion_decision",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("suggestion", NUMBER, sa.ForeignKey("suggestion.number"), nullable=False),
        *map(_text, ("state", "origin", "decided_by", "reason", "decided_at")),
    )
    op.create_index("suggestion_decided", "suggestion_decision", ["suggestion"])
    for table in FROZEN:
        for statement in frozen_table_ddl(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)
