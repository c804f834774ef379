"""The ledger's tables, as the migrations leave them (a test compares the two).

``record`` is only ever added to: triggers refuse everything else. Whether a record is withdrawn, and which entity an
origin belongs to, stand in tables of their own. ``waiting`` holds one row for each end that a link still misses.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
# SQLite numbers rows by itself only in a column of exactly this type
Number = BigInteger().with_variant(Integer, "sqlite")


NOW = text("restored_at IS NULL")
UNSURE = text("verdict = 'unsure'")


def required(name: str) -> Column[str]:
    """A text that is always there ("" where a source says nothing)."""
    return Column(name, Text, nullable=False)


setting = Table("setting", metadata, Column("name", Text, primary_key=True), required("value"))

batch = Table(
    "batch",
    metadata,
    Column("number", Number, primary_key=True),
    required("source"),
    required("file"),
    required("file_hash"),
    required("mapping"),
    required("known_at"),
    required("started_at"),
    Column("finished_at", Text),
    Column("rows_done", Number, nullable=False),
    Column("loaded", Number, nullable=False),
    Column("unchanged", Number, nullable=False),
    Column("quarantined", Number, nullable=False),
    Index("batch_file", "source", "file_hash", "mapping"),
)

label = Table(
    "label",
    metadata,
    Column("number", Integer, primary_key=True),
    required("marking"),
    required("handling_scheme"),
    required("handling_code"),
    required("handling_conditions"),
    required("compartment"),
    required("originator"),
    UniqueConstraint(
        "marking",
        "handling_scheme",
        "handling_code",
        "handling_conditions",
        "compartment",
        "originator",
        name="label_once",
    ),
)

record = Table(
    "record",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    required("rid"),
    required("kind"),
    required("type"),
    required("entity_kind"),
    required("owner"),
    required("source"),
    required("reference"),
    required("properties"),
    required("original"),
    required("content_hash"),
    Column("label", Integer, ForeignKey("label.number"), nullable=False),
    Column("grading_scheme", Text),
    Column("grading_source", Text),
    Column("grading_intelligence", Text),
    Column("valid_from", Text),
    Column("valid_to", Text),
    required("known_at"),
    required("file"),
    Column("row", Number, nullable=False),
    Column("batch", Number, ForeignKey("batch.number"), nullable=False),
    Index("record_rid", "rid", unique=True),
    Index("record_owner", "owner"),
)

withdrawn = Table(
    "withdrawn",
    metadata,
    Column("number", Number, primary_key=True),
    Column("seq", Number, ForeignKey("record.seq"), nullable=False),
    required("withdrawn_at"),
    Column("restored_at", Text),
    Index("withdrawn_now", "seq", unique=True, sqlite_where=NOW, postgresql_where=NOW),
)

origin = Table(
    "origin",
    metadata,
    Column("origin_id", Text, primary_key=True),
    required("source"),
    required("entity_type"),
    required("reference"),
    required("uid"),
    Column("first_seq", Number, nullable=False),
    Index("origin_uid", "uid"),
    Index("origin_reference", "reference"),
)

link_origin = Table(
    "link_origin",
    metadata,
    Column("id", Text, primary_key=True),
    required("type"),
    required("source_origin"),
    required("target_origin"),
    required("discriminator"),
    Column("lid", Text),
    Index("link_origin_lid", "lid"),
    Index("link_origin_source", "source_origin"),
    Index("link_origin_target", "target_origin"),
)

waiting = Table(
    "waiting",
    metadata,
    Column("missing", Text, primary_key=True),
    Column("link_origin", Text, ForeignKey("link_origin.id"), primary_key=True),
    Index("waiting_link", "link_origin"),
    sqlite_with_rowid=False,
)

# moved: the key may have been absent before (identity or a withdrawal touched it); the projection looks out for these
outbox = Table(
    "outbox",
    metadata,
    Column("n", Number, primary_key=True),
    required("kind"),
    required("key"),
    Column("moved", Boolean, nullable=False),
    Index("outbox_moved", "key", "n", sqlite_where=text("moved"), postgresql_where=text("moved")),
    sqlite_autoincrement=True,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("number", Number, primary_key=True),
    Column("batch", Number, ForeignKey("batch.number"), nullable=False),
    required("file"),
    Column("row", Number, nullable=False),
    required("field"),
    required("reason"),
    required("original"),
    Column("label", Integer, ForeignKey("label.number")),  # NULL: refused before rows had labels
    Column("unread", Boolean),
    Index("quarantine_batch", "batch"),
)

decision = Table(
    "decision",
    metadata,
    Column("decision_id", Text, primary_key=True),
    required("decided_by"),
    required("reason"),
    required("decided_at"),
    Column("reversible", Boolean, nullable=False),
)

judgement = Table(
    "judgement",
    metadata,
    Column("decision_id", Text, ForeignKey("decision.decision_id"), primary_key=True),
    Column("left", Text, primary_key=True),
    Column("right", Text, primary_key=True),
    required("verdict"),
    Column("score", Float),
    Index("judgement_left", "left"),
    Index("judgement_right", "right"),
    Index("judgement_unsure", "verdict", sqlite_where=UNSURE, postgresql_where=UNSURE),
)

undone = Table(
    "undone",
    metadata,
    Column("decision_id", Text, ForeignKey("decision.decision_id"), primary_key=True),
    required("undone_by"),
    required("undone_at"),
)
