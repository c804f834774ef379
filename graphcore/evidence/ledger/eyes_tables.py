"""Tables of four eyes: a decision that was proposed counts only when a second person has confirmed it. Only added to."""

from sqlalchemy import Column, ForeignKey, Table, Text

from graphcore.evidence.ledger.tables import metadata, required

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
