"""Tables of ``access.sqlite3``: accounts, tokens (hashes only) and recent wrong passwords."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

METADATA = MetaData()

ACCOUNT = Table(
    "account",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False, unique=True),
    Column("password_hash", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("clearance", String, nullable=False),
    Column("compartments", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("may_read_conditional", Boolean, nullable=False),
    Column("law_enforcement", Boolean, nullable=False),
    Column("created_at", String, nullable=False),
    Column("closed_at", String),
)

TOKEN = Table(
    "token",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False, index=True),
    Column("digest", String, nullable=False, unique=True),
    Column("label", String, nullable=False),
    Column("session", Boolean, nullable=False),
    Column("purpose_code", String, nullable=False),
    Column("purpose_reason", String, nullable=False),
    Column("purpose_operation", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("used_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("revoked_at", String),
)

ATTEMPT = Table(
    "attempt",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("at", String, nullable=False),
    Index("attempt_key_at", "key", "at"),
)
