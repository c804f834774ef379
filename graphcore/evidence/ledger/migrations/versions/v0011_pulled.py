"""Pulled: which rows a covert ledger has from the open one that it joins."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table, which only ever grows."""
    op.create_table(
        "pulled",
        sa.Column("name", sa.Text(), primary_key=True),
        _number("first", primary_key=True, autoincrement=False),
        *map(_number, ("last", "ours", "till")),
        sqlite_with_rowid=False,
    )
    op.create_index("pulled_ours", "pulled", ["name", "ours"])
    for statement in frozen_table_ddl(op.get_bind().dialect.name, "pulled"):
        op.execute(statement)


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")


def _number(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, nullable=False, **options)
