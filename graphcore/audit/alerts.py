"""Alerts as rows of the log itself: raised once, listed, and settled by another person with a reason.

Nothing is ever altered: a settlement is a row that names the alert. So alerts are under the same proof as all else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from graphcore.audit import tables
from graphcore.audit.event import AuditEvent, AuditRow, Operation, Phase
from graphcore.audit.log import AuditLog
from graphcore.audit.unusual import UnusualAccess, Watch
from graphcore.errors import AlertError
from graphcore.model.times import iso_utc

SETTLE = "alert.settle"
_SETTLED = "settled"
_ROWS = f"""
SELECT {tables.NAMES} FROM audit
WHERE phase = 'note' AND action >= 'alert.' AND action < 'alert/' ORDER BY seq
"""  # noqa: S608 -- names of our own
_FIRST_OF = "SELECT seq FROM audit WHERE at >= ? ORDER BY seq LIMIT 1"


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An alert as supervisors see it; ``settled_at`` "" while it is open."""

    id: str
    kind: str
    at: str
    subject: str
    said: str
    count: int
    entry: str
    entities: tuple[str, ...]
    settled_at: str = ""
    settled_by: str = ""
    settled_because: str = ""

    @property
    def is_open(self) -> bool:
        """True until somebody settles it."""
        return not self.settled_at


class Alerts:
    """The alerts of one log. One object may be asked again and again: it reads on where it stopped."""

    def __init__(self, audit: AuditLog, settings: UnusualAccess) -> None:
        self._audit = audit
        self._watch = Watch(settings, audit.question)
        self._read = -1
        self._looking = Lock()

    def look(self, since: datetime) -> int:
        """Read what came since the last look (at first: since ``since``), and raise what is unusual and not raised yet.

        Returns:
            How many alerts were raised. Cost grows with the rows read.

        Raises:
            AuditError: the log cannot be read or written.
        """
        with self._looking:
            return self._look(since)

    def _look(self, since: datetime) -> int:
        if self._read < 0:
            self._read = self._before(since)
        known: set[str] | None = None
        raised = 0
        for row in self._audit.each_row(self._read):
            self._read = row.seq
            for alert in self._watch.take(row):
                known = {one.id for one in self.all()} if known is None else known
                if alert.id not in known:
                    known.add(alert.id)
                    self._audit.write(alert.event())
                    raised += 1
        return raised

    def all(self) -> list[RaisedAlert]:
        """Every alert, oldest first.

        Raises:
            AuditError: the log cannot be read.
        """
        with self._audit.reading() as connection:
            rows = [tables.row_of(values) for values in connection.execute(_ROWS)]
        settled = {row.event.reference: row for row in reversed(rows) if row.event.action == SETTLE}
        raised = {row.event.reference: row for row in reversed(rows) if row.event.action != SETTLE}
        return [_raised(row, settled) for row in sorted(raised.values(), key=lambda row: row.seq)]

    def settle(self, alert_id: str, *, by: str, reason: str) -> RaisedAlert:
        """Put down what came of an alert.

        Raises:
            AlertError: there is no such alert, it is settled, it is about ``by``, or no reason is given.
            AuditError: the log cannot be written.
        """
        found = next((one for one in self.all() if one.id == alert_id), None)
        if found is None or not found.is_open:
            raise AlertError("alert: there is no open one of that id; list them with `ocb audit alerts`")
        if found.subject == by:
            raise AlertError("alert: nobody settles one about themselves; ask another supervisor")
        if not reason.strip():
            raise AlertError("alert: say what came of it; the reason is kept with it")
        self._audit.write(
            AuditEvent(
                Phase.NOTE, "", Operation.ACCESS, SETTLE, by, reason=reason.strip(), reference=alert_id, status=_SETTLED
            )
        )  # fmt: skip
        return next(one for one in self.all() if one.id == alert_id)

    def _before(self, since: datetime) -> int:
        """The number of the last row before the day of ``since``, since counts begin with a day."""
        with self._audit.reading() as connection:
            first = connection.execute(_FIRST_OF, (iso_utc(since)[:10],)).fetchone()
            last = tables.last(connection)
        return first[0] - 1 if first else last[0] if last else 0


def _raised(row: AuditRow, settled: Mapping[str, AuditRow]) -> RaisedAlert:
    event = row.event
    kind = event.action.partition(".")[2]
    end = settled.get(event.reference)
    ended = (end.at, end.event.subject, end.event.reason) if end else ("", "", "")
    return RaisedAlert(
        event.reference,
        kind,
        row.at,
        event.subject,
        event.reason,
        event.count,
        event.entry,
        event.entities,
        *ended,
    )
