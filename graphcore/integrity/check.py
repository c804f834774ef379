"""The check of a whole workspace: what is damaged, where, and how to get it back.

| part | what is held against what | put right by |
|---|---|---|
| seal | every byte of the ledger's file against its seal | restore |
| database | SQLite's own check of every file: pages, indexes, foreign keys | restore |
| sums | rows that never change against the sums over them | restore |
| records, series | hashes and ids against what they were made of | restore |
| places | entities and links against origins and standing judgements | restore |
| graph | every state against the records, and its label set against its assertions | rebuild |
| audit | chain and signed ends | restore |
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graphcore.errors import GraphcoreError, LedgerError, StoreError
from graphcore.identity.book import IdentityBook
from graphcore.integrity.recount import recount
from graphcore.integrity.seal import check_seal
from graphcore.integrity.sums import check_sums
from graphcore.workspace import LEDGER, StoreName, Workspace

MOST = 100
RESTORE = "restore the last backup (ocb backup restore), then load again what came after it"
SETTLE = "let identity settle (ocb identity run)"
REBUILD = "build the graph anew from the ledger (ocb graph rebuild)"
_OTHERS = ("audit.sqlite3", "access.sqlite3", "jobs.sqlite3", "requests.sqlite3")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``advice`` says how to put it right."""

    part: str
    said: str
    advice: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """``findings``: at most ``MOST`` of each part. ``skipped``: parts that could not be looked at, with the reason."""

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def sound(self) -> bool:
        """True if nothing is wrong, as far as could be looked."""
        return not self.findings


def check(folder: Path, store: StoreName = "embedded", tell: Progress | None = None) -> CheckReport:
    """Look at everything. Parts after one that keeps the ledger from being opened are skipped, and said to be.

    Args:
        folder: The workspace; nobody should write to it meanwhile.
        store: Which graph to recount.
        tell: Hears what is looked at.

    Raises:
        LedgerError: there is no workspace.
    """
    if not (folder / LEDGER).exists() and not (folder / "keys").exists():
        raise LedgerError(f"there is no workspace in {folder}: name another folder")
    return _Check(folder, store, tell or (lambda _: None)).run()


class _Check:
    def __init__(self, folder: Path, store: StoreName, tell: Progress) -> None:
        self._folder = folder
        self._path = folder / LEDGER
        self._store: StoreName = store
        self._tell = tell
        self._findings: list[Finding] = []
        self._looked: list[str] = []
        self._skipped: list[tuple[str, str]] = []

    def run(self) -> CheckReport:
        self._seal()
        self._part("database", self._databases(), RESTORE)
        try:
            with Workspace.open(self._folder, create=False) as workspace:
                self._content(workspace)
        except GraphcoreError as error:
            self._findings.append(Finding("start", str(error), RESTORE))
            self._skipped.append(("content", "the ledger cannot be opened"))
        return CheckReport(tuple(self._findings), tuple(self._looked), tuple(self._skipped))

    def _seal(self) -> None:
        if not self._path.exists():
            return
        report = check_seal(self._path)
        if not report.sealed:
            self._skipped.append(("seal", "the ledger was written to after it was last sealed"))
            return
        self._part("seal", report.problems, RESTORE)

    def _databases(self) -> Iterator[str]:
        for path in (self._path, *(self._folder / name for name in _OTHERS)):
            if path.exists():
                yield from (f"{path.name}: {said}" for said in _sqlite_says(path))

    def _content(self, workspace: Workspace) -> None:
        self._part("audit", self._audit(workspace), RESTORE)
        proof = workspace.ledger.proof
        self._part("sums", check_sums(self._path), RESTORE)
        self._part("records", proof.records(), RESTORE)
        self._part("series", proof.series(), RESTORE)
        self._part("places", self._places(workspace), f"{SETTLE}; if that changes nothing, {RESTORE}")
        self._part("graph", self._graph(workspace), REBUILD)

    @staticmethod
    def _places(workspace: Workspace) -> Iterator[str]:
        book = IdentityBook(workspace.ledger)
        ends = {end for one in book.standing() for end in (one.left, one.right)}
        yield from workspace.ledger.proof.places(book.arranged(ends).uids if ends else {})

    @staticmethod
    def _audit(workspace: Workspace) -> Iterator[str]:
        yield from workspace.audit_for_proof().verify().problems

    def _graph(self, workspace: Workspace) -> Iterator[str]:
        store = workspace.store(self._store)
        try:
            store.applied()
        except StoreError:  # no graph yet: a look must not write where there is one
            store.prepare()
        workspace.projection(store).catch_up()
        yield from recount(workspace.ledger, store)
        yield from store.misfits()

    def _part(self, name: str, problems: Iterable[str], advice: str) -> None:
        """Keep what is wrong in one part; one that cannot be read at all is a finding too."""
        self._tell(name)
        self._looked.append(name)
        try:
            self._findings += [Finding(name, said, advice) for said in islice(problems, MOST)]
        except (GraphcoreError, sqlite3.Error, ValueError, KeyError, TypeError, IndexError) as error:
            said = (
                str(error)
                if isinstance(error, GraphcoreError)
                else f"cannot be read ({type(error).__name__})"
            )
            self._findings.append(Finding(name, said, advice))


def _sqlite_says(path: Path) -> Iterator[str]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        for statement in ("PRAGMA integrity_check(20)", "PRAGMA foreign_key_check"):
            for row in connection.execute(statement):
                said = (
                    str(row[0])
                    if len(row) == 1
                    else f"a row of {row[0]} refers to one of {row[2]} that is not there"
                )
                if said != "ok":
                    yield said.splitlines()[0]
    except sqlite3.Error as error:
        yield f"cannot be read ({getattr(error, 'sqlite_errorname', type(error).__name__)})"
    finally:
        connection.close()
