"""Alembic's folder: shipped in the wheel, run by ``graphcore.evidence.ledger.migrate`` on the first open."""
