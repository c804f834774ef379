"""What in the use of the platform a supervisor should look at. Thresholds are settings; an alert accuses nobody.

| alert | raised |
|---|---|
| bulk | more distinct entities shown in one hour than ``distinct_per_hour`` |
| own name | a question holds the asker's own or family name, as far as the settings or the account's name tell it |
| closely watched | an entity listed in ``closely_watched`` was asked for or shown |
| out of hours | ``out_of_hours`` questions on one day outside the office hours |
| same reason | one wording of the reason stands for more than ``same_reason_per_day`` questions of a day |

An entry puts down at most ``MAX_IDS`` ids of what it showed; what is beyond counts towards bulk by number.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from graphcore.audit.event import MAX_IDS, AuditEvent, AuditRow, Operation, Phase
from graphcore.model.times import parse_iso_utc

_READS = frozenset({Operation.CONSULTATION, Operation.DISCLOSURE})
_PARTS = re.compile(r"[^\W\d_]+")
_SHORTEST_NAME = 3
RAISED = "open"


class Unusual(StrEnum):
    """Kinds of alert."""

    BULK = "bulk"
    OWN_NAME = "own name"
    CLOSELY_WATCHED = "closely watched"
    OUT_OF_HOURS = "out of hours"
    SAME_REASON = "same reason"


@dataclass(frozen=True, slots=True)
class UnusualAccess:
    """Thresholds (section ``unusual_access`` of settings.yaml); 0 turns one off.

    ``names``: for an account, the words that are its own or its family's names. ``office_days``: 1 is Monday.
    """

    distinct_per_hour: int = 300
    same_reason_per_day: int = 200
    out_of_hours: int = 20
    office_from: str = "07:00"
    office_to: str = "19:00"
    office_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    time_zone: str = "Europe/London"
    closely_watched: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Alert:
    """One reason to look. ``id`` follows from what was seen, so that it is raised once. ``entry``: the question that did it."""

    id: str
    kind: Unusual
    subject: str
    said: str
    count: int
    entry: str
    entities: tuple[str, ...] = ()

    def event(self) -> AuditEvent:
        """The log's own row of it."""
        return AuditEvent(
            Phase.NOTE, self.entry, Operation.ACCESS, f"alert.{self.kind}", self.subject, reason=self.said,
            reference=self.id, entities=self.entities, status=RAISED, count=self.count,
        )  # fmt: skip


class Watch:
    """Reads rows in their order and says what is unusual. Holds one hour and one day for each subject."""

    def __init__(self, settings: UnusualAccess, question: Callable[[AuditRow], str]) -> None:
        self._settings = settings
        self._question = question
        self._zone = ZoneInfo(settings.time_zone)
        self._office = (time.fromisoformat(settings.office_from), time.fromisoformat(settings.office_to))
        self._watched = frozenset(settings.closely_watched)
        self._hour, self._day = "", ""
        self._shown: dict[str, set[str]] = defaultdict(set)
        self._beyond: Counter[str] = Counter()
        self._late: Counter[str] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()

    def take(self, row: AuditRow) -> Iterator[Alert]:
        """What is unusual now that this row is there; the same alert may come again, under the same id."""
        event = row.event
        if event.phase is Phase.NOTE or event.operation not in _READS:
            return
        self._turn(row.at)
        if event.phase is Phase.INTENT:
            yield from self._asked(row)
        else:
            yield from self._answered(event)
        seen = sorted(self._watched.intersection(event.entities))
        for uid in seen:
            said = "asked for, or was shown, an entity that is closely watched"
            yield self._alert(
                Unusual.CLOSELY_WATCHED, event, said, 1, window=f"{self._day}{uid}", entities=(uid,)
            )

    def _turn(self, at: str) -> None:
        """Forget the hour and the day that are over (UTC)."""
        if at[:13] != self._hour:
            self._hour = at[:13]
            self._shown.clear()
            self._beyond.clear()
        if at[:10] != self._day:
            self._day = at[:10]
            self._late.clear()
            self._reasons.clear()

    def _asked(self, row: AuditRow) -> Iterator[Alert]:
        event, settings = row.event, self._settings
        if self._is_own_name(row):
            yield self._alert(Unusual.OWN_NAME, event, "a question holds the asker's own or family name", 1)
        if settings.out_of_hours and self._is_late(parse_iso_utc(row.at)):
            self._late[event.subject] += 1
            if (count := self._late[event.subject]) == settings.out_of_hours:
                yield self._alert(
                    Unusual.OUT_OF_HOURS, event, f"{count} questions outside the office hours", count
                )
        if settings.same_reason_per_day and event.reason:
            key = (event.subject, event.reason)
            self._reasons[key] += 1
            if (count := self._reasons[key]) == settings.same_reason_per_day + 1:
                said = f"one wording of the reason stands for more than {count - 1} questions of a day"
                yield self._alert(Unusual.SAME_REASON, event, said, count, window=self._day + event.reason)

    def _answered(self, event: AuditEvent) -> Iterator[Alert]:
        limit, subject = self._settings.distinct_per_hour, event.subject
        self._shown[subject].update(event.entities)
        if len(event.entities) == MAX_IDS:
            self._beyond[subject] += max(0, event.count - MAX_IDS)
        count = len(self._shown[subject]) + self._beyond[subject]
        if limit and count > limit:
            said = f"more than {limit} distinct entities within the hour of {self._hour}:00 UTC"
            yield self._alert(Unusual.BULK, event, said, count, window=self._hour)

    def _is_own_name(self, row: AuditRow) -> bool:
        names = own_names(row.event.subject, self._settings.names)
        if not names or not row.event.query_sealed:
            return False
        return not names.isdisjoint(_PARTS.findall(self._question(row).casefold()))

    def _is_late(self, at: datetime) -> bool:
        local = at.astimezone(self._zone)
        begins, ends = self._office
        return local.isoweekday() not in self._settings.office_days or not begins <= local.time() < ends

    def _alert(
        self,
        kind: Unusual,
        event: AuditEvent,
        said: str,
        count: int,
        *,
        window: str = "",
        entities: tuple[str, ...] = (),
    ) -> Alert:
        parts = "\x1f".join((kind, event.subject, window or self._day))
        made = hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        return Alert(made, kind, event.subject, said, count, event.entry, entities)


def own_names(subject: str, names: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Words that are the subject's own or family names: those of the settings, else the family name in ``j.hargreaves``."""
    if subject in names:
        return frozenset(part for name in names[subject] for part in _PARTS.findall(name.casefold()))
    parts = re.split(r"[._\-\s]+", subject.rpartition(":")[2].casefold())
    last = parts[-1]
    return frozenset({last}) if len(parts) > 1 and len(last) >= _SHORTEST_NAME else frozenset()
