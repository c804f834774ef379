"""Tables of suggestions: names that a document's text seems to say, and what persons decided on them. Only added to.

A suggestion without a decision is open; otherwise its last decision counts.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from graphcore.evidence.ledger.tables import Number, metadata, required

suggestion = Table(
    "suggestion",
    metadata,
    Column("number", Number, primary_key=True),
    Column("suggestion_id", Text, nullable=False, unique=True),
    Column("seq", Number, ForeignKey("record.seq"), nullable=False),
    required("field"),
    required("kind"),
    required("label"),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    required("excerpt"),
    Index("suggestion_record", "seq"),
)
suggestion_decision = Table(
    "suggestion_decision",
    metadata,
    Column("number", Number, primary_key=True),
    Column("suggestion", Number, ForeignKey("suggestion.number"), nullable=False),
    required("state"),
    required("origin"),
    required("decided_by"),
    required("reason"),
    required("decided_at"),
    Index("suggestion_decided", "suggestion"),
)
