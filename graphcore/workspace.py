"""A workspace: one folder with the ledger, the embedded graph, the audit log, the keys and the settings.

The key in ``keys/ids.key`` makes every id. A ledger whose key is missing or another is refused, because a second load
under another key would add everything again. The embedded graph's tables stand in the ledger's own SQLite file.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from graphcore.access import AccessContext, RuleSet, shipped_rules
from graphcore.access.policy import under
from graphcore.access.rule_file import read_rules
from graphcore.audit import AuditLog
from graphcore.audit.keys import read_or_make
from graphcore.errors import AuditError, LedgerError, StoreUnavailableError
from graphcore.evidence.ledger import Ledger
from graphcore.evidence.ledger.ledger import utc_now
from graphcore.integrity.seal import make_seal, was_written
from graphcore.integrity.sums import add_sums, summed_beside
from graphcore.model.ids import IdMaker
from graphcore.settings import Settings, read_settings
from graphcore.store.port import GraphStore
from graphcore.store.project import Projection

if TYPE_CHECKING:
    from graphcore.store.neo4j import Neo4jSettings

LEDGER = "ledger.sqlite3"
SETTINGS = "settings.yaml"
RULES = "rules.yaml"
KEY = Path("keys", "ids.key")
NEO4J_HOME = "neo4j"

StoreName = Literal["embedded", "neo4j"]


class Workspace:
    """One open workspace. The ledger, the audit log and the stores are opened when they are first asked for."""

    def __init__(self, folder: Path, ids: IdMaker, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self.ids = ids
        self.settings = settings
        self._clock = clock
        self._stores: list[GraphStore] = []

    @classmethod
    def open(cls, folder: Path, *, create: bool = True, clock: Callable[[], datetime] = utc_now) -> Self:
        """Open the workspace in ``folder``.

        Args:
            folder: Made, with its key, where it is missing and ``create`` is True.
            create: False: only a workspace that is there already.
            clock: Gives aware UTC; the time of loading, of withdrawals and of the audit log.

        Raises:
            LedgerError: there is no workspace, its key is missing or damaged, or its settings are wrong.
        """
        folder = folder.expanduser().absolute()
        there = (folder / LEDGER).exists()
        if not there and not create:
            raise LedgerError(
                f"there is no workspace in {folder}: load something first, or name another folder"
            )
        if there and not (folder / KEY).exists():
            raise LedgerError(
                f"{folder / KEY} is missing, and the ledger's ids cannot be made without it: put it back from the backup"
            )
        return cls(folder, IdMaker(_key(folder)), read_settings(folder / SETTINGS), clock)

    @cached_property
    def ledger(self) -> Ledger:
        """The evidence ledger, with its tables brought up to date."""
        partners = self.settings.identity.partners
        return Ledger.open(
            self.folder / LEDGER, self.ids, clock=self._clock, rules=self.rules, partners=partners
        )

    @cached_property
    def rules(self) -> RuleSet:
        """The access rules: those of the workspace's own ``rules.yaml``, else the shipped ones.

        Raises:
            RulesError: the file is wrong; nothing can be read under it.
        """
        own = self.folder / RULES
        return read_rules(own) if own.exists() else shipped_rules()

    def admit(self, context: AccessContext) -> AccessContext:
        """The context as reads of this workspace know it: under its rules, with the grants that may count now."""
        return self.ledger.grants.admit(under(self.rules, context))

    def admit_at_hand(self, context: AccessContext) -> AccessContext | None:
        """As :meth:`admit` without waiting for the disk; None: ask that."""
        return self.ledger.grants.admit_at_hand(under(self.rules, context))

    @cached_property
    def audit(self) -> AuditLog:
        """The audit log."""
        chosen = self.settings
        return AuditLog.open(
            self.folder,
            checkpoint=chosen.audit_checkpoint,
            signing_key=chosen.audit_signing_key,
            clock=self._clock,
        )

    def audit_for_proof(self) -> AuditLog:
        """The audit log as it is, however damaged, to be verified."""
        chosen = self.settings
        return AuditLog.for_proof(
            self.folder, checkpoint=chosen.audit_checkpoint, signing_key=chosen.audit_signing_key
        )

    def store(self, name: StoreName = "embedded") -> GraphStore:
        """A graph store of this workspace; closed with it.

        ``neo4j`` is the server of OCB_NEO4J_URI (with OCB_NEO4J_USER and OCB_NEO4J_PASSWORD), else the one that
        ``ocb neo4j start`` runs for this workspace.

        Raises:
            StoreUnavailableError: ``neo4j``, and neither is there.
        """
        store = self._embedded() if name == "embedded" else self._neo4j()
        self._stores.append(store)
        return store

    def projection(self, store: GraphStore) -> Projection:
        """What brings the ledger into ``store``."""
        lock = self.folder / f"{store.name}.lock"
        return Projection(self.ledger, store, lock=lock, by_key=store.name == "embedded")

    def close(self) -> None:
        """Close everything that was opened."""
        for store in self._stores:
            store.close()
        self._stores.clear()
        for name in ("ledger", "audit"):
            opened = self.__dict__.pop(name, None)
            if opened is not None:
                opened.close()
        self._seal()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def summing(self) -> AbstractContextManager[None]:
        """For the end of a large load, when only the graph is still written: what the seal needs, made meanwhile."""
        return summed_beside(self.folder / LEDGER) if self.settings.seal else nullcontext()

    def _seal(self) -> None:
        """Sum and seal the ledger's file, where this process wrote to it; one that others are using stays unsealed."""
        path = self.folder / LEDGER
        if self.settings.seal and was_written(path) and path.exists():
            add_sums(path)
            make_seal(path)

    def _embedded(self) -> GraphStore:
        from graphcore.store.embedded import EmbeddedStore  # noqa: PLC0415 -- the backend that is not asked for stays unloaded

        _ = self.ledger  # the file's first tables are the ledger's
        return EmbeddedStore(self.folder / LEDGER, rules=self.rules)

    def _neo4j(self) -> GraphStore:
        from graphcore.store.neo4j import Neo4jStore  # noqa: PLC0415 -- loads the driver, half a second

        found = neo4j_settings("OCB_NEO4J", self.folder / NEO4J_HOME)
        if found is None:
            raise StoreUnavailableError(
                "no Neo4j server is known to this workspace: run `ocb neo4j start`, or set OCB_NEO4J_URI, "
                "OCB_NEO4J_USER and OCB_NEO4J_PASSWORD"
            )
        return Neo4jStore(found, rules=self.rules)


def neo4j_settings(prefix: str, home: Path | None) -> "Neo4jSettings | None":
    """Where a Neo4j server is: by PREFIX_URI, _USER, _PASSWORD and _DATABASE, else the local one of a home; None: neither."""
    from graphcore.store.neo4j import Neo4jSettings  # noqa: PLC0415 -- loads the driver, half a second
    from graphcore.store.neo4j.server import status  # noqa: PLC0415

    def given(name: str, default: str) -> str:
        return os.environ.get(f"{prefix}_{name}") or default

    if uri := given("URI", ""):
        return Neo4jSettings(uri, given("USER", "neo4j"), given("PASSWORD", ""), given("DATABASE", "neo4j"))
    local = status(home) if home else None
    if local is None or local.uri is None:
        return None
    return Neo4jSettings(local.uri, local.user, local.password())


def _key(folder: Path) -> bytes:
    try:
        return read_or_make(folder / KEY)
    except AuditError as error:
        raise LedgerError(str(error)) from error
    except OSError as error:
        raise LedgerError(
            f"{folder / KEY} cannot be made ({error.strerror}): check the folder and its owner"
        ) from error
