"""Lexicon: terms that analysts add, with history, and which version coded a batch."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """Add the tables, which only ever grow."""
    op.create_table(
        "lexicon_change",
        sa.Column("number", NUMBER, primary_key=True),
        *map(_text, ("action", "list", "term", "body", "changed_by", "changed_at", "why")),
    )
    op.create_index("lexicon_change_term", "lexicon_change", ["list", "term"])
    op.create_table(
        "batch_lexicon",
        sa.Column("batch", NUMBER, sa.ForeignKey("batch.number"), primary_key=True, autoincrement=False),
        *map(_text, ("version", "hash")),
    )
    for table in ("lexicon_change", "batch_lexicon"):
        for statement in frozen_table_ddl(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")
