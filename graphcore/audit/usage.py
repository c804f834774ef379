"""How the platform is used, for supervisors: who asked how often, why, for what, and how often something was found.

Counts of the log's rows alone: no wording, no entity, nothing of any record.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graphcore.audit.event import Status
from graphcore.audit.log import AuditLog
from graphcore.model.times import iso_utc

# one pass over the intents of the time, and one look-up of each outcome by its entry
_USES = """
SELECT i.subject, i.organisation, i.purpose, i.operation, i.action, substr(i.at, 1, 10) AS day, COUNT(*),
       COALESCE(SUM(o.status = 'answered'), 0), COALESCE(SUM(o.status = 'answered' AND o.count > 0), 0),
       COALESCE(SUM(o.status = 'not found'), 0), COALESCE(SUM(o.status = 'refused'), 0),
       COALESCE(SUM(o.status NOT IN ('answered', 'not found', 'refused')), 0), SUM(o.entry IS NULL),
       COALESCE(SUM(o.count), 0), COALESCE(SUM(o.sent_bytes), 0)
FROM audit i LEFT JOIN audit o ON o.entry = i.entry AND o.phase = 'outcome'
WHERE i.phase = 'intent' AND i.at >= :since AND i.at < :until
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""
_NOTES = """
SELECT action, status, COUNT(*) FROM audit
WHERE phase = 'note' AND at >= :since AND at < :until GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Use:
    """Entries of one subject, purpose, operation and action on one day (UTC).

    ``answered`` includes ``hits``, the answers that held something. ``unknown``: begun and never closed.
    """

    subject: str
    organisation: str
    purpose: str
    operation: str
    action: str
    day: str
    asked: int
    answered: int
    hits: int
    not_found: int
    refused: int
    failed: int
    unknown: int
    elements: int
    sent_bytes: int


@dataclass(frozen=True, slots=True)
class Total:
    """Entries that share one thing. ``hit_rate``: hits of what was answered or not found, 0 to 1; None where nothing was."""

    name: str
    asked: int
    hits: int
    looked: int

    @property
    def hit_rate(self) -> float | None:
        """See above."""
        return self.hits / self.looked if self.looked else None


@dataclass(frozen=True, slots=True)
class UsageReport:
    """``uses`` in order of their fields; ``events``: how often each sign-in, refusal, alert and the like, by its end."""

    since: str
    until: str
    uses: tuple[Use, ...]
    events: Mapping[tuple[str, str], int]

    def totals(self, key: Callable[[Use], str]) -> Sequence[Total]:
        """Summed by ``key``, the most asked first, then by name."""
        asked: Counter[str] = Counter()
        hits: Counter[str] = Counter()
        looked: Counter[str] = Counter()
        for use in self.uses:
            name = key(use)
            asked[name] += use.asked
            hits[name] += use.hits
            looked[name] += use.answered + use.not_found
        found = [Total(name, count, hits[name], looked[name]) for name, count in asked.items()]
        return sorted(found, key=lambda total: (-total.asked, total.name))

    @property
    def asked(self) -> int:
        """All entries."""
        return sum(use.asked for use in self.uses)


def usage(audit: AuditLog, since: datetime, until: datetime) -> UsageReport:
    """The use of the platform from ``since`` until before ``until`` (aware); cost grows with the rows of that time.

    Raises:
        AuditError: the log cannot be read.
    """
    span = {"since": iso_utc(since), "until": iso_utc(until)}
    with audit.reading() as connection:
        uses = tuple(Use(*row) for row in connection.execute(_USES, span))
        events = {
            (str(action), str(status or Status.ANSWERED)): int(n)
            for action, status, n in connection.execute(_NOTES, span)
        }
    return UsageReport(span["since"], span["until"], uses, events)
