"""Import files into the database of a local server. The server must be stopped; what the database held is replaced."""

from typing import Final

from graphcore.errors import StoreError
from graphcore.store.neo4j.bulk.files import ImportSet
from graphcore.store.neo4j.server import ServerSettings
from graphcore.store.neo4j.server.config import prepare_home
from graphcore.store.neo4j.server.installation import installed_lib
from graphcore.store.neo4j.server.process import console_tail, run_admin

DATABASE: Final = "neo4j"


def import_words(made: ImportSet, *, database: str = DATABASE) -> tuple[str, ...]:
    """What stands behind ``neo4j-admin`` on a command line, one word an item."""
    return ("database", "import", "full", database, "--overwrite-destination=true", *made.arguments)


def import_into(settings: ServerSettings, made: ImportSet) -> None:
    """Replace the database of a local server by the files.

    Constraints and indexes are made by the next ``prepare`` of the store.

    Raises:
        ServerFailedError: the server runs.
        NotInstalledError: the jars are not in the cache.
        StoreError: the import failed, or left out what it should not; holds the end of what it printed.
    """
    home = settings.home.absolute()
    prepare_home(settings, installed_lib(settings.cache))
    code = run_admin(home, import_words(made), cache=settings.cache)
    if code:
        raise StoreError(
            f"neo4j-admin could not import {made.folder} (exit {code}); the graph can still be loaded with "
            f"`ocb --store neo4j graph rebuild`. It said:\n{console_tail(home)}"
        )
