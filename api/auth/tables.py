"""Tables of ``access.sqlite3``: accounts, tokens (hashes only), sign-ins under way and recent wrong passwords.

A column that is added later has a ``server_default`` or may be empty: older files get it when they are opened.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
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
    Column("team", String, nullable=False, server_default=""),
    Column("operations", String, nullable=False, server_default=""),
)

# Accounts whose person is known to an OpenID provider: by its issuer and subject, never by a name.
FEDERATED = Table(
    "federated",
    METADATA,
    Column("account_id", Integer, ForeignKey("account.id"), primary_key=True),
    Column("issuer", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("signed_out_at", String),
    UniqueConstraint("issuer", "subject"),
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
    Column("provider_session", String),
)

# A sign-in that waits for its browser to come back from the provider; taken out when it does.
LOGIN = Table(
    "login",
    METADATA,
    Column("state", String, primary_key=True),
    Column("browser", String, nullable=False),
    Column("nonce", String, nullable=False),
    Column("verifier", String, nullable=False),
    Column("purpose_code", String, nullable=False),
    Column("purpose_reason", String, nullable=False),
    Column("purpose_operation", String, nullable=False),
    Column("return_to", String, nullable=False),
    Column("expires_at", String, nullable=False, index=True),
)

# What may come once alone: ids of logout tokens.
SEEN = Table(
    "seen",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("expires_at", String, nullable=False),
)

ATTEMPT = Table(
    "attempt",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("at", String, nullable=False),
    Index("attempt_key_at", "key", "at"),
)
