"""The source register: who owns a source, on what basis it is held, and the labels its records take by default.

A version is only ever added: who changed what, when and why stays. The version that counted for a batch is kept with it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    RowMapping,
    Select,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)

from graphcore.access.context import AccessContext
from graphcore.access.label import Marking
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.grading import Grading, GradingScheme
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import insert_new, items_of, key_list
from graphcore.evidence.ledger.tables import Number, batch, metadata, required
from graphcore.model.times import iso_utc, parse_iso_utc

TEXT_MAX = 2_000
REFRESH_MAX = 3_650
RETENTION_GROUPS = ("", "1", "2", "3", "4")
_CODES = {"": ("",), "3x5x2": ("P", "C"), "5x5x5": ("1", "2", "3", "4", "5")}
_CONDITIONS = ("A1", "A2", "A3", "S1", "S2")
_TEXTS = ("organisation", "contact", "lawful_basis", "marking", "compartment", "retention_group", "note")

source_register = Table(
    "source_register",
    metadata,
    Column("number", Number, primary_key=True),
    required("source"),
    Column("version", Number, nullable=False),
    *map(required, _TEXTS),
    Column("grading_scheme", Text),
    Column("grading_source", Text),
    Column("grading_intelligence", Text),
    required("handling_scheme"),
    required("handling_code"),
    required("handling_conditions"),
    Column("refresh_days", Integer),
    *map(required, ("changed_by", "changed_at", "why")),
    UniqueConstraint("source", "version", name="source_register_once"),
)
batch_register = Table(
    "batch_register",
    metadata,
    Column("batch", Number, ForeignKey("batch.number"), primary_key=True, autoincrement=False),
    Column("register", Number, ForeignKey("source_register.number"), nullable=False),
)


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """What is known of a source; "" and None say nothing. ``refresh_days``: a load is expected at least that often.

    ``retention_group`` is the review group (1 to 4) of the records; grading, handling, marking and compartment are taken
    where neither the mapping nor the row says any.

    Raises:
        ValueRefusedError: a code that its scheme does not have, or a text above 2,000 characters.
    """

    organisation: str
    contact: str = ""
    lawful_basis: str = ""
    grading: Grading | None = None
    handling_scheme: str = ""
    handling_code: str = ""
    handling_conditions: tuple[str, ...] = ()
    marking: str = ""
    compartment: str = ""
    retention_group: str = ""
    refresh_days: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        faults = [f"{name} is too long" for name in _TEXTS if len(getattr(self, name)) > TEXT_MAX]
        if not self.organisation.strip():
            faults.append("organisation is empty: name who owns the source")
        if self.marking not in ("", *Marking):
            faults.append(f"marking is not one of {', '.join(Marking)}")
        if self.handling_code not in _CODES.get(self.handling_scheme, ()):
            faults.append("handling: no such code in its scheme (3x5x2: P, C; 5x5x5: 1 to 5)")
        unknown = not set(self.handling_conditions) <= set(_CONDITIONS)
        if unknown or (self.handling_conditions and not self.handling_code):
            faults.append(f"handling: conditions are {', '.join(_CONDITIONS)}, and need a code")
        if self.retention_group not in RETENTION_GROUPS:
            faults.append("retention_group is not 1, 2, 3 or 4")
        if self.refresh_days is not None and not 1 <= self.refresh_days <= REFRESH_MAX:
            faults.append(f"refresh_days is not between 1 and {REFRESH_MAX:,}")
        if faults:
            raise ValueRefusedError("; ".join(faults))


@dataclass(frozen=True, slots=True)
class RegisterVersion:
    """One version of a source's entry; ``version`` counts from 1 within the source, ``number`` within the register."""

    number: int
    source: str
    version: int
    entry: SourceEntry
    changed_by: str
    changed_at: datetime
    why: str

    def visible_to(self, context: AccessContext) -> bool:
        """A source in a compartment is known only to those who are in it."""
        return not self.entry.compartment or self.entry.compartment in context.compartments

    def overdue(self, last_load: datetime | None, now: datetime) -> bool:
        """True where a load is expected and did not come; counted from this version where there was none."""
        if self.entry.refresh_days is None:
            return False
        return now - (last_load or self.changed_at) > timedelta(days=self.entry.refresh_days)


class SourceRegister:
    """The register of one ledger. Every change is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def now(self) -> datetime:
        """The ledger's time (aware UTC)."""
        return self._clock()

    def current(self) -> tuple[RegisterVersion, ...]:
        """The newest version of every source, by name."""
        newest = select(func.max(source_register.c.number)).group_by(source_register.c.source)
        return self._read(select(source_register).where(source_register.c.number.in_(newest)))

    def known(self, sources: Collection[str], context: AccessContext) -> tuple[RegisterVersion, ...]:
        """The newest versions of some sources that ``context`` may know of, by name; a source without one is left out."""
        if not sources:
            return ()
        newest = (
            select(func.max(source_register.c.number))
            .where(source_register.c.source.in_(items_of("keys")))
            .group_by(source_register.c.source)
        )
        wanted = select(source_register).where(source_register.c.number.in_(newest))
        found = self._read(wanted.params(keys=key_list(sorted(sources))))
        return tuple(version for version in found if version.visible_to(context))

    def get(self, source: str) -> RegisterVersion | None:
        """The newest version of one source; None: it is not in the register."""
        found = self.history(source)
        return found[-1] if found else None

    def history(self, source: str) -> tuple[RegisterVersion, ...]:
        """All versions of one source, oldest first."""
        return self._read(select(source_register).where(source_register.c.source == source))

    def set(self, source: str, entry: SourceEntry, *, by: str, why: str) -> RegisterVersion:
        """Add a version; an entry equal to the newest adds none.

        Raises:
            LedgerError: ``by`` or ``why`` is empty.
        """
        if not by.strip() or not why.strip():
            raise LedgerError("a change of the source register needs a name and a reason: say why")
        with self._database.writing() as connection:
            wanted = select(source_register).where(source_register.c.source == source)
            last = _versions(connection, wanted)[-1:]
            if last and last[0].entry == entry:
                return last[0]
            row = {
                "source": source,
                "version": (last[0].version if last else 0) + 1,
                "changed_by": by,
                "changed_at": iso_utc(self._clock()),
                "why": why[:TEXT_MAX],
                **_row(entry),
            }
            connection.execute(insert(source_register), row)
            return _versions(connection, wanted)[-1]

    def note_batch(self, batch_number: int, version: RegisterVersion) -> None:
        """Keep with a batch the version that counted for it; the first one noted stands."""
        row = {"batch": batch_number, "register": version.number}
        with self._database.writing() as connection:
            insert_new(connection, batch_register, [row])

    def of_batch(self, batch_number: int) -> RegisterVersion | None:
        """The version that counted for a batch; None: its source was not in the register."""
        wanted = (
            select(source_register)
            .join(batch_register, batch_register.c.register == source_register.c.number)
            .where(batch_register.c.batch == batch_number)
        )
        found = self._read(wanted)
        return found[0] if found else None

    def last_loads(self) -> Mapping[str, datetime]:
        """When the newest finished load of every source ended."""
        wanted = (
            select(batch.c.source, func.max(batch.c.finished_at))
            .where(batch.c.finished_at.is_not(None))
            .group_by(batch.c.source)
        )
        with self._database.reading() as connection:
            return {source: parse_iso_utc(ended) for source, ended in connection.execute(wanted)}

    def _read(self, wanted: Select[Any]) -> tuple[RegisterVersion, ...]:
        with self._database.reading() as connection:
            return _versions(connection, wanted)


def _versions(connection: Connection, wanted: Select[Any]) -> tuple[RegisterVersion, ...]:
    ordered = wanted.order_by(source_register.c.source, source_register.c.version)
    return tuple(_version(row) for row in connection.execute(ordered).mappings())


def _row(entry: SourceEntry) -> dict[str, Any]:
    graded = entry.grading
    return {
        **{
            name: getattr(entry, name)
            for name in (*_TEXTS, "handling_scheme", "handling_code", "refresh_days")
        },
        "handling_conditions": orjson.dumps(sorted(entry.handling_conditions)).decode(),
        "grading_scheme": graded.scheme.value if graded else None,
        "grading_source": graded.source if graded else None,
        "grading_intelligence": graded.intelligence if graded else None,
    }


def _version(row: RowMapping) -> RegisterVersion:
    scheme = row["grading_scheme"]
    grade = row["grading_source"] or "", row["grading_intelligence"] or ""
    entry = SourceEntry(
        **{name: row[name] for name in (*_TEXTS, "handling_scheme", "handling_code", "refresh_days")},
        grading=Grading(GradingScheme(scheme), *grade) if scheme else None,
        handling_conditions=tuple(orjson.loads(row["handling_conditions"])),
    )
    changed_at = parse_iso_utc(row["changed_at"])
    return RegisterVersion(
        row["number"], row["source"], row["version"], entry, row["changed_by"], changed_at, row["why"]
    )
