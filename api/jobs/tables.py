"""The table of jobs, in ``jobs.sqlite3``."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table

METADATA = MetaData()

JOB = Table(
    "job",
    METADATA,
    Column("n", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("lease_until", String, nullable=False, default=""),
    Column("cancel", Boolean, nullable=False, default=False),
    Column("request", String, nullable=False),
    Column("progress", String, nullable=False, default="{}"),
    Column("result", String, nullable=False, default="{}"),
    Column("error", String, nullable=False, default=""),
    Column("created_at", String, nullable=False),
    Column("started_at", String),
    Column("finished_at", String),
    Index("job_state", "state", "n"),
    Index("job_subject", "subject", "n"),
)
