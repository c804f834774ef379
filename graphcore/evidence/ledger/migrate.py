"""Brings a ledger's tables up to date, in one transaction: a kill in the middle leaves the old state.

A ledger written by a newer program is refused rather than read with old eyes.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from graphcore.evidence.ledger.dialect import WRITES, lock_writers
from graphcore.evidence.ledger.errors import LedgerVersionError

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0011", "0012")
HEAD = REVISIONS[-1]
_FOLDER = Path(__file__).resolve().parent / "migrations"


def version(connection: Connection) -> str | None:
    """The revision that the tables are at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, where: str) -> None:
    """Create or upgrade the tables; does nothing where they are up to date.

    Args:
        engine: The ledger's database.
        where: The file or server, for messages.

    Raises:
        LedgerVersionError: the tables are at a revision that this program does not know.
    """
    with engine.connect() as connection:
        if _known(version(connection), where) == HEAD:
            return
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        lock_writers(connection)
        if _known(version(connection), where) != HEAD:  # another process may have been first
            _upgrade(connection)


def _known(found: str | None, where: str) -> str | None:
    if found is not None and found not in REVISIONS:
        raise LedgerVersionError(
            f"{where} is at schema version {found}, and this program knows versions up to {HEAD}: it was written by "
            "a newer version of ocb-graph. Install that version; the ledger was not touched."
        )
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 -- a third of the start-up time, and seldom needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
