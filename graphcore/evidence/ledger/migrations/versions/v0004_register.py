"""Source register: who owns a source, on what basis it is held, its default grading and handling."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=optional)


def upgrade() -> None:
    """Add the tables, which only ever grow."""
    texts = ("organisation", "contact", "lawful_basis", "marking", "compartment", "retention_group", "note")
    op.create_table(
        "source_register",
        sa.Column("number", NUMBER, primary_key=True),
        _text("source"),
        sa.Column("version", NUMBER, nullable=False),
        *map(_text, texts),
        *(
            _text(name, optional=True)
            for name in ("grading_scheme", "grading_source", "grading_intelligence")
        ),
        *map(_text, ("handling_scheme", "handling_code", "handling_conditions")),
        sa.Column("refresh_days", sa.Integer()),
        *map(_text, ("changed_by", "changed_at", "why")),
        sa.UniqueConstraint("source", "version", name="source_register_once"),
    )
    op.create_table(
        "batch_register",
        sa.Column("batch", NUMBER, sa.ForeignKey("batch.number"), primary_key=True, autoincrement=False),
        sa.Column("register", NUMBER, sa.ForeignKey("source_register.number"), nullable=False),
    )
    for table in ("source_register", "batch_register"):
        for statement in frozen_table_ddl(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")
