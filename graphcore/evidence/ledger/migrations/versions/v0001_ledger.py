"""First version: sources' batches, records, origins, links between origins, outbox, quarantine, judgements."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from graphcore.evidence.ledger.dialect import frozen_table_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FROZEN = ("record", "decision", "judgement", "undone", "quarantine", "label")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table, then freeze those that are only ever added to."""
    _evidence_tables()
    _graph_tables()
    _identity_tables()
    for table in FROZEN:
        for statement in frozen_table_ddl(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first version.

    Raises:
        RuntimeError: always: going back would delete evidence.
    """
    raise RuntimeError("the first version of the ledger cannot be undone: restore a backup instead")


def _text(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=optional)


def _number(name: str, *extra: sa.ForeignKey, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, *extra, nullable=False, **options)


def _evidence_tables() -> None:
    op.create_table("setting", sa.Column("name", sa.Text(), primary_key=True), _text("value"))
    op.create_table(
        "batch",
        _number("number", primary_key=True),
        *map(_text, ("source", "file", "file_hash", "mapping", "known_at", "started_at")),
        _text("finished_at", optional=True),
        *map(_number, ("rows_done", "loaded", "unchanged", "quarantined")),
    )
    op.create_index("batch_file", "batch", ["source", "file_hash", "mapping"])
    words = (
        "marking",
        "handling_scheme",
        "handling_code",
        "handling_conditions",
        "compartment",
        "originator",
    )
    op.create_table(
        "label",
        sa.Column("number", sa.Integer(), primary_key=True),
        *map(_text, words),
        sa.UniqueConstraint(*words, name="label_once"),
    )
    _record_tables()
    op.create_table(
        "quarantine",
        _number("number", primary_key=True),
        _number("batch", sa.ForeignKey("batch.number")),
        _text("file"),
        _number("row"),
        *map(_text, ("field", "reason", "original")),
    )
    op.create_index("quarantine_batch", "quarantine", ["batch"])


def _record_tables() -> None:
    said = ("rid", "kind", "type", "entity_kind", "owner", "source", "reference", "properties", "original")
    graded = ("grading_scheme", "grading_source", "grading_intelligence", "valid_from", "valid_to")
    op.create_table(
        "record",
        _number("seq", primary_key=True, autoincrement=False),
        *map(_text, (*said, "content_hash")),
        sa.Column("label", sa.Integer(), sa.ForeignKey("label.number"), nullable=False),
        *(_text(name, optional=True) for name in graded),
        *map(_text, ("known_at", "file")),
        _number("row"),
        _number("batch", sa.ForeignKey("batch.number")),
    )
    op.create_index("record_rid", "record", ["rid"], unique=True)
    op.create_index("record_owner", "record", ["owner"])
    op.create_table(
        "withdrawn",
        _number("number", primary_key=True),
        _number("seq", sa.ForeignKey("record.seq")),
        _text("withdrawn_at"),
        _text("restored_at", optional=True),
    )
    now = sa.text("restored_at IS NULL")
    op.create_index(
        "withdrawn_now", "withdrawn", ["seq"], unique=True, sqlite_where=now, postgresql_where=now
    )


def _graph_tables() -> None:
    op.create_table(
        "origin",
        sa.Column("origin_id", sa.Text(), primary_key=True),
        *map(_text, ("source", "entity_type", "reference", "uid")),
        _number("first_seq"),
    )
    op.create_index("origin_uid", "origin", ["uid"])
    op.create_index("origin_reference", "origin", ["reference"])
    op.create_table(
        "link_origin",
        sa.Column("id", sa.Text(), primary_key=True),
        *map(_text, ("type", "source_origin", "target_origin", "discriminator")),
        _text("lid", optional=True),
    )
    for name, column in (("lid", "lid"), ("source", "source_origin"), ("target", "target_origin")):
        op.create_index(f"link_origin_{name}", "link_origin", [column])
    op.create_table(
        "waiting",
        sa.Column("missing", sa.Text(), primary_key=True),
        sa.Column("link_origin", sa.Text(), sa.ForeignKey("link_origin.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("waiting_link", "waiting", ["link_origin"])
    op.create_table(
        "outbox",
        _number("n", primary_key=True),
        *map(_text, ("kind", "key")),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sqlite_autoincrement=True,
    )
    moved = sa.text("moved")
    op.create_index("outbox_moved", "outbox", ["key", "n"], sqlite_where=moved, postgresql_where=moved)


def _identity_tables() -> None:
    op.create_table(
        "decision",
        sa.Column("decision_id", sa.Text(), primary_key=True),
        *map(_text, ("decided_by", "reason", "decided_at")),
        sa.Column("reversible", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "judgement",
        sa.Column("decision_id", sa.Text(), sa.ForeignKey("decision.decision_id"), primary_key=True),
        sa.Column("left", sa.Text(), primary_key=True),
        sa.Column("right", sa.Text(), primary_key=True),
        _text("verdict"),
        sa.Column("score", sa.Float()),
    )
    op.create_index("judgement_left", "judgement", ["left"])
    op.create_index("judgement_right", "judgement", ["right"])
    op.create_table(
        "undone",
        sa.Column("decision_id", sa.Text(), sa.ForeignKey("decision.decision_id"), primary_key=True),
        *map(_text, ("undone_by", "undone_at")),
    )
