"""Alembic runs this module; the connection, inside its transaction, is handed over by ``migrate``."""

from alembic import context

from graphcore.evidence.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
