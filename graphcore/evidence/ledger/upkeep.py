"""Writing after a load: how a batch was loaded, its removal and return, corrections and repairs of refused rows.

Every method is one transaction, and leaves who, when and why. What is written here is never altered; a row that loads
at last is marked as repaired in the transaction that brings its records (:meth:`Ledger.repair`).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, select

from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.dialect import insert_many, insert_new
from graphcore.evidence.ledger.holdings import any_held, label_now
from graphcore.evidence.ledger.removals import REPLACED, Cause, current_removal, require_standing, stands
from graphcore.evidence.ledger.repair_tables import batch_load, correction, mapping_text, refusal, repair
from graphcore.evidence.ledger.repair_values import Attempt, Correction, LoadNote, Outcome
from graphcore.evidence.ledger.tables import batch, record
from graphcore.evidence.ledger.withdrawals import remove_batch, restore_batch
from graphcore.model.times import iso_utc

_NEXT = select(func.coalesce(func.max(correction.c.number), 0) + 1)


class Upkeep:
    """See :attr:`Ledger.upkeep`."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def note_load(self, number: int, note: LoadNote) -> None:
        """Put down how a batch is being loaded; the first note of a batch stands."""
        with self._database.writing() as connection:
            text = {"identity": note.mapping, "name": note.mapping_name, "text": note.mapping_text}
            insert_new(connection, mapping_text, [text])
            row = {
                "batch": number,
                "loaded_as": note.loaded_as,
                "own_mapping": int(note.own_mapping),
                "columns": orjson.dumps({name: list(found) for name, found in note.columns.items()}).decode(),
            }
            insert_new(connection, batch_load, [row])

    def load_note(self, number: int) -> LoadNote | None:
        """How a batch was loaded; None for one that was loaded before this was kept."""
        wanted = (
            select(batch_load, batch.c.mapping, mapping_text.c.name, mapping_text.c.text)
            .join_from(batch_load, batch, batch.c.number == batch_load.c.batch)
            .join(mapping_text, mapping_text.c.identity == batch.c.mapping)
            .where(batch_load.c.batch == number)
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            return None
        columns = {name: tuple(found) for name, found in orjson.loads(row["columns"]).items()}
        return LoadNote(
            row["loaded_as"], bool(row["own_mapping"]), row["mapping"], row["name"], row["text"], columns
        )

    def standing(self, number: int) -> bool:
        """True if a batch is not removed.

        Raises:
            UnknownKeyError: there is no such batch.
        """
        with self._database.reading() as connection:
            return current_removal(connection, number) is None

    def remove_batch(
        self, number: int, *, by: str, reason: str, labels: Collection[int] | None = None
    ) -> int:
        """Withdraw what a batch alone says, as if it had never been loaded; gives the number of records.

        ``labels``: numbers of the labels that the person may see (:attr:`EvidenceView.label_numbers`). Records under others
        stay, so that an answer tells nothing about them; who may see them removes the rest in the same way. None: all.

        Raises:
            UnknownKeyError: there is no such batch.
            DoneBeforeError: it is removed already.
        """
        with self._database.writing() as connection:
            return remove_batch(connection, number, self._who(by, reason), scope=_within(connection, labels))

    def replace_batch(
        self, old: int, new: Sequence[int], *, by: str, reason: str, labels: Collection[int] | None = None
    ) -> int:
        """Remove ``old`` because ``new`` took its place; gives the number of records withdrawn.

        Batches of the same bytes that an interrupted replacement left behind go with it; ``labels`` as in
        :meth:`remove_batch`.

        Raises:
            UnknownKeyError: there is no such batch.
            DoneBeforeError: it is removed already.
        """
        cause = Cause(REPLACED, tuple(new))
        who = self._who(by, reason)
        with self._database.writing() as connection:
            for number in new:
                require_standing(connection, number)
            scope = _within(connection, labels)
            for left in _twins(connection, old, new):
                remove_batch(connection, left, who, cause, scope)
            return remove_batch(connection, old, who, cause, scope)

    def restore_batch(
        self, number: int, *, by: str, reason: str, labels: Collection[int] | None = None
    ) -> int:
        """Put back a batch that was removed; gives the number of records that are in the graph again.

        ``labels`` as in :meth:`remove_batch`.

        Raises:
            UnknownKeyError: there is no such batch.
            DoneBeforeError: it is not removed.
        """
        with self._database.writing() as connection:
            return restore_batch(connection, number, self._who(by, reason), _within(connection, labels))

    def correct(self, corrections: Sequence[Correction], *, by: str, reason: str) -> None:
        """Keep corrected rows beside the originals; the newest of a row is the one that is tried."""
        moment = iso_utc(self._clock())
        with self._database.writing() as connection:
            first: int = connection.execute(_NEXT).scalar_one()
            rows = [
                {
                    "number": number, "quarantine": made.quarantine, "fields": orjson.dumps(made.fields).decode(),
                    "changed": orjson.dumps(sorted(made.changed)).decode(), "corrected_by": by, "reason": reason,
                    "corrected_at": moment,
                }
                for number, made in enumerate(corrections, start=first)
            ]  # fmt: skip
            insert_many(connection, correction, rows)

    def _who(self, by: str, reason: str) -> dict[str, str]:
        return {"by": by, "reason": reason, "at": iso_utc(self._clock())}


def _within(connection: Connection, labels: Collection[int] | None) -> ColumnElement[bool] | None:
    if labels is None:
        return None
    return label_now(record, held=any_held(connection)).in_([*labels])


def _twins(connection: Connection, old: int, new: Sequence[int]) -> list[int]:
    """Standing batches after ``old`` of the same bytes and mapping as one of ``new``, and none of these."""
    other = batch.alias()
    same = and_(*(other.c[name] == batch.c[name] for name in ("source", "file_hash", "mapping")))
    wanted = (
        select(batch.c.number)
        .join_from(batch, other, same)
        .where(
            other.c.number.in_(new), batch.c.number.not_in(new), batch.c.number > old, stands(batch.c.number)
        )
        .distinct()
        .order_by(batch.c.number)
    )
    return [*connection.scalars(wanted)]


def write_outcomes(
    connection: Connection, attempt: Attempt, outcomes: Sequence[Outcome], moment: str
) -> None:
    """Mark rows as repaired (each once), and keep the new reasons of the others."""
    good = [
        {
            "quarantine": one.quarantine, "correction": one.correction, "mapping": attempt.mapping,
            "records": one.records, "repaired_by": attempt.by, "reason": attempt.reason, "repaired_at": moment,
        }
        for one in outcomes
        if not one.refused
    ]  # fmt: skip
    bad = [
        {
            "quarantine": one.quarantine, "correction": one.correction, "mapping": attempt.mapping,
            "field": one.field, "reason": one.refused, "tried_by": attempt.by, "tried_at": moment,
        }
        for one in outcomes
        if one.refused
    ]  # fmt: skip
    insert_new(connection, repair, good)
    insert_many(connection, refusal, bad)
