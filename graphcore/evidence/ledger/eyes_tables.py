"""Tables beside decisions, only added to.

Four eyes: a decision that was proposed counts only when a second person has confirmed it. ``fitted``: the weights that a
run gave, as a document, by entity type and by what its records demand of readers (``tier``; not a foreign key of decisions,
because a run that judges nothing keeps its weights too).
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from graphcore.evidence.ledger.tables import Number, metadata, required

proposed = Table(
    "proposed",
    metadata,
    Column("decision_id", Text, ForeignKey("decision.decision_id"), primary_key=True),
    required("proposed_by"),
)
confirmed = Table(
    "confirmed",
    metadata,
    Column("decision_id", Text, ForeignKey("proposed.decision_id"), primary_key=True),
    required("confirmed_by"),
    required("confirmed_at"),
    required("reason"),
)
fitted = Table(
    "fitted",
    metadata,
    Column("number", Number, primary_key=True),
    required("decision_id"),
    required("entity_type"),
    required("tier"),
    required("document"),
    Index("fitted_type", "entity_type", "tier"),
)
