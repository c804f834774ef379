"""Repair of refused rows, removal and replacement of batches, and which batch says which records."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FROZEN = ("said", "mapping_text", "batch_load", "removal", "restoration", "correction", "repair", "refusal")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# runs of records that one batch brought: within a run, number and rank rise together
_RUNS = """
INSERT INTO said (batch, first, last)
SELECT batch, MIN(seq), MAX(seq) FROM (
    SELECT batch, seq, seq - ROW_NUMBER() OVER (PARTITION BY batch ORDER BY seq) AS run FROM record
) AS numbered GROUP BY batch, run ORDER BY MIN(seq)
"""
_COUNTS = """
INSERT INTO batch_label (batch, label, loaded, unchanged)
SELECT batch, label, COUNT(*), 0 FROM record GROUP BY batch, label
"""


def upgrade() -> None:
    """Add the tables, and say of the batches that are there what they brought."""
    # in words of SQL: as an operation it would be two, and SQLite cannot add a constraint by itself
    op.execute("ALTER TABLE quarantine ADD COLUMN label INTEGER REFERENCES label (number)")
    op.execute("ALTER TABLE quarantine ADD COLUMN unread BOOLEAN")
    _batch_tables()
    _repair_tables()
    op.execute(_RUNS)
    op.execute(_COUNTS)
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


def _number(name: str, *extra: sa.ForeignKey, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, *extra, nullable=nullable, **options)


def _batch_tables() -> None:
    of_batch = "batch.number"
    op.create_table(
        "said",
        _number("number", primary_key=True),
        _number("batch", sa.ForeignKey(of_batch)),
        *map(_number, ("first", "last")),
    )
    op.create_index("said_batch", "said", ["batch"])
    op.create_table(
        "batch_label",
        _number("batch", sa.ForeignKey(of_batch), primary_key=True),
        sa.Column("label", sa.Integer(), sa.ForeignKey("label.number"), primary_key=True),
        *map(_number, ("loaded", "unchanged")),
    )
    op.create_table(
        "mapping_text", sa.Column("identity", sa.Text(), primary_key=True), *map(_text, ("name", "text"))
    )
    op.create_table(
        "batch_load",
        _number("batch", sa.ForeignKey(of_batch), primary_key=True),
        _text("loaded_as"),
        sa.Column("own_mapping", sa.Integer(), nullable=False),
        _text("columns"),
    )
    op.create_table(
        "removal",
        _number("number", primary_key=True),
        _number("batch", sa.ForeignKey(of_batch)),
        *map(_text, ("because", "removed_by", "reason", "removed_at")),
    )
    op.create_index("removal_batch", "removal", ["batch"])
    op.create_table(
        "restoration",
        _number("removal", sa.ForeignKey("removal.number"), primary_key=True),
        *map(_text, ("restored_by", "reason", "restored_at")),
    )


def _repair_tables() -> None:
    of_row, of_correction = "quarantine.number", "correction.number"
    op.create_table(
        "correction",
        _number("number", primary_key=True),
        _number("quarantine", sa.ForeignKey(of_row)),
        *map(_text, ("fields", "changed", "corrected_by", "reason", "corrected_at")),
    )
    op.create_index("correction_row", "correction", ["quarantine"])
    op.create_table(
        "repair",
        _number("quarantine", sa.ForeignKey(of_row), primary_key=True),
        _number("correction", sa.ForeignKey(of_correction), nullable=True),
        _text("mapping"),
        _number("records"),
        *map(_text, ("repaired_by", "reason", "repaired_at")),
    )
    op.create_table(
        "refusal",
        _number("number", primary_key=True),
        _number("quarantine", sa.ForeignKey(of_row)),
        _number("correction", sa.ForeignKey(of_correction), nullable=True),
        *map(_text, ("mapping", "field", "reason", "tried_by", "tried_at")),
    )
    op.create_index("refusal_row", "refusal", ["quarantine"])
