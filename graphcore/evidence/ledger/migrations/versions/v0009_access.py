"""Access that is decided after a load: grants with their ends, and how single records are held."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, which only ever grow."""
    texts = ("grantee", "name", "scope", "over", "operation", "until", "given_by", "given_at", "reason")
    unique = sa.Column("grant_id", sa.Text(), nullable=False, unique=True)
    _table("access_grant", _number(), unique, *map(_text, texts))
    op.create_index("access_grant_name", "access_grant", ["name"])
    _table(
        "grant_end", _key("grant", "access_grant.number"), *map(_text, ("revoked_by", "revoked_at", "reason"))
    )
    shift = sa.Column("shift", sa.Integer(), nullable=False)
    said = map(_text, ("decided_by", "decided_at", "reason"))
    _table("holding", _number(), *map(_text, ("retention", "pointer")), shift, *said)
    _table("held_record", _key("seq", "record.seq"), _key("holding", "holding.number"))


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, *columns)
    for statement in frozen_table_ddl(op.get_bind().dialect.name, name):
        op.execute(statement)


def _number() -> sa.Column[Any]:
    return sa.Column("number", NUMBER, primary_key=True)


def _key(name: str, of: str) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, sa.ForeignKey(of), primary_key=True, autoincrement=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)
