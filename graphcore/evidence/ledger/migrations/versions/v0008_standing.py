"""The standing fit of identity: keys, counts and groups, so that single records are matched as a run would have."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; they can be made anew from the records, so they may change."""
    op.create_table(
        "standing_fit",
        sa.Column("number", NUMBER, primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("entity_type", "made_at", "document")),
        sa.Column("records", NUMBER, nullable=False),
        sa.Column("every_pair", sa.Boolean(), nullable=False),
        sa.Column("reach", NUMBER, nullable=False),
    )
    op.create_index("standing_fit_type", "standing_fit", ["entity_type"])
    _table("standing_key", sa.Column("origin", sa.BigInteger(), primary_key=True), first="hash")
    _table("standing_count", sa.Column("count", NUMBER, nullable=False), first="hash")
    _table(
        "standing_group",
        sa.Column("lowest", sa.BigInteger(), nullable=False),
        sa.Column("bar", sa.Float(), nullable=False),
        first="origin",
    )
    op.create_index("standing_group_lowest", "standing_group", ["fit", "lowest"])


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")


def _table(name: str, *more: "sa.Column[object]", first: str) -> None:
    op.create_table(
        name,
        sa.Column("fit", NUMBER, sa.ForeignKey("standing_fit.number"), primary_key=True),
        sa.Column(first, sa.BigInteger(), primary_key=True),
        *more,
        sqlite_with_rowid=False,
    )
