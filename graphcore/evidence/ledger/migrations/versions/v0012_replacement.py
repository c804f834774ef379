"""Replacement: which batches took the place of a removed one, which until now stood as words in why it was removed."""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# what was pulled into a covert ledger named numbers of the open one: those are left, and are told as "replaced"
_OWN = sa.text(
    "SELECT m.number, m.because FROM removal m WHERE m.because LIKE 'replaced by %' AND NOT EXISTS ("
    "SELECT 1 FROM pulled p WHERE p.name = 'removal' AND m.number BETWEEN p.ours AND p.till) ORDER BY m.number"
)


def upgrade() -> None:
    """Add the table, which only ever grows, and fill it from the words."""
    made = op.create_table(
        "replacement",
        _key("removal", "removal.number"),
        _key("batch", "batch.number"),
        sqlite_with_rowid=False,
    )
    rows = [
        {"removal": number, "batch": int(batch)}
        for number, because in op.get_bind().execute(_OWN)
        for batch in dict.fromkeys(re.findall(r"\d+", because))
    ]
    if rows:
        op.get_bind().execute(sa.insert(made), rows)
    for statement in frozen_table_ddl(op.get_bind().dialect.name, "replacement"):
        op.execute(statement)


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")


def _key(name: str, of: str) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, sa.ForeignKey(of), primary_key=True, autoincrement=False)
