"""Tables of what happens after a load: who said what when, what was removed, what was corrected and repaired.

All but ``batch_label`` (counts) are only ever added to. A batch says the records in its ranges of ``said``: those that it
brought and those that it repeated, so that removing another batch leaves them.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from graphcore.evidence.ledger.tables import Number, metadata, required

said = Table(
    "said",
    metadata,
    Column("number", Number, primary_key=True),
    Column("batch", Number, ForeignKey("batch.number"), nullable=False),
    Column("first", Number, nullable=False),
    Column("last", Number, nullable=False),
    Index("said_batch", "batch"),
)

# counts by label, so that a list of batches can be made for a reader without looking at every record
batch_label = Table(
    "batch_label",
    metadata,
    Column("batch", Number, ForeignKey("batch.number"), primary_key=True),
    Column("label", Integer, ForeignKey("label.number"), primary_key=True),
    Column("loaded", Number, nullable=False),
    Column("unchanged", Number, nullable=False),
)

mapping_text = Table(
    "mapping_text",
    metadata,
    Column("identity", Text, primary_key=True),
    required("name"),
    required("text"),
)

batch_load = Table(
    "batch_load",
    metadata,
    Column("batch", Number, ForeignKey("batch.number"), primary_key=True),
    required("loaded_as"),
    Column("own_mapping", Integer, nullable=False),
    required("columns"),
)

removal = Table(
    "removal",
    metadata,
    Column("number", Number, primary_key=True),
    Column("batch", Number, ForeignKey("batch.number"), nullable=False),
    required("because"),
    required("removed_by"),
    required("reason"),
    required("removed_at"),
    Index("removal_batch", "batch"),
)

replacement = Table(
    "replacement",
    metadata,
    Column("removal", Number, ForeignKey("removal.number"), primary_key=True, autoincrement=False),
    Column("batch", Number, ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

restoration = Table(
    "restoration",
    metadata,
    Column("removal", Number, ForeignKey("removal.number"), primary_key=True),
    required("restored_by"),
    required("reason"),
    required("restored_at"),
)

correction = Table(
    "correction",
    metadata,
    Column("number", Number, primary_key=True),
    Column("quarantine", Number, ForeignKey("quarantine.number"), nullable=False),
    required("fields"),
    required("changed"),
    required("corrected_by"),
    required("reason"),
    required("corrected_at"),
    Index("correction_row", "quarantine"),
)

repair = Table(
    "repair",
    metadata,
    Column("quarantine", Number, ForeignKey("quarantine.number"), primary_key=True),
    Column("correction", Number, ForeignKey("correction.number")),
    required("mapping"),
    Column("records", Number, nullable=False),
    required("repaired_by"),
    required("reason"),
    required("repaired_at"),
)

refusal = Table(
    "refusal",
    metadata,
    Column("number", Number, primary_key=True),
    Column("quarantine", Number, ForeignKey("quarantine.number"), nullable=False),
    Column("correction", Number, ForeignKey("correction.number")),
    required("mapping"),
    required("field"),
    required("reason"),
    required("tried_by"),
    required("tried_at"),
    Index("refusal_row", "quarantine"),
)
