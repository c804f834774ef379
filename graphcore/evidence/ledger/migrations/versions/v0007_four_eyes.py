"""Four eyes: decisions that wait for a second person; the open pairs of the review queue by index; the weights of runs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNSURE = sa.text("verdict = 'unsure'")


def upgrade() -> None:
    """Add the tables, which only ever grow, and the index."""
    _table("proposed", "decision.decision_id", "proposed_by")
    _table("confirmed", "proposed.decision_id", "confirmed_by", "confirmed_at", "reason")
    op.create_table(
        "fitted",
        sa.Column("number", NUMBER, primary_key=True),
        *map(_text, ("decision_id", "entity_type", "tier", "document")),
    )
    op.create_index("fitted_type", "fitted", ["entity_type", "tier"])
    _frozen("fitted")
    op.create_index(
        "judgement_unsure", "judgement", ["verdict"], sqlite_where=UNSURE, postgresql_where=UNSURE
    )


def downgrade() -> None:
    """Evidence is never deleted.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a ledger does not go back: restore a backup instead")


def _table(name: str, of: str, *texts: str) -> None:
    op.create_table(
        name, sa.Column("decision_id", sa.Text(), sa.ForeignKey(of), primary_key=True), *map(_text, texts)
    )
    _frozen(name)


def _frozen(name: str) -> None:
    for statement in frozen_table_ddl(op.get_bind().dialect.name, name):
        op.execute(statement)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)
