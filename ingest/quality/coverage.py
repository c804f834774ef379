"""Which time a batch covers: histograms by month (or year), weekday and hour of the day, with gaps marked."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from graphcore.evidence.ledger import RecordView
from graphcore.schema import SCHEMA
from ingest.quality.findings import Coverage, Period

MOST_MONTHS = 120
NEXT_TO_NOTHING = 0.1
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EPOCH_DAY = 3  # 1 January 1970 was a Thursday
_MICRO_HOUR = 3_600_000_000
_TIMES = ("occurred_at", "first_at", "started_at", "written_at", "occurred_on", "started_on", "written_on")


class Times:
    """Counts times as they come; nothing but the counts is kept."""

    def __init__(self) -> None:
        self._months: Counter[str] = Counter()
        self._days: Counter[int] = Counter()
        self._hours: Counter[int] = Counter()
        self._undated = 0
        self._clocked = 0

    def see(self, record: RecordView) -> None:
        """Count the time that a record names: the start of its validity, else when its event was."""
        if "occurrences" in record.properties:
            return  # its events are counted one by one
        if record.valid.start is not None:
            self._moment(np.array([record.valid.start.replace(tzinfo=None)], "datetime64[us]"))
            return
        said = _time_of(record)
        if said is None:
            self._undated += record.kind == "link" or _dated_type(record.type)
        elif len(said) > len("2026-01-01"):
            self._moment(np.array([said[:19]], "datetime64[us]"))
        else:
            self._months[said[:7]] += 1

    def events(self, times: NDArray[np.int64]) -> None:
        """Count events of a series, microseconds UTC."""
        self._moment(times.view("datetime64[us]"))

    def _moment(self, times: NDArray[np.datetime64]) -> None:
        months, counts = np.unique(times.astype("datetime64[M]"), return_counts=True)
        self._months.update(dict(zip(months.astype(str).tolist(), counts.tolist(), strict=True)))
        days = (times.astype("datetime64[D]").astype(np.int64) + _EPOCH_DAY) % 7
        hours = times.astype("datetime64[h]").astype(np.int64) % 24
        for counter, values in ((self._days, days), (self._hours, hours)):
            found, counts = np.unique(values, return_counts=True)
            counter.update(dict(zip(found.tolist(), counts.tolist(), strict=True)))
        self._clocked += len(times)

    def coverage(self) -> Coverage:
        """The histograms."""
        if not self._months:
            return Coverage(undated=self._undated)
        names = sorted(self._months)
        clocked = bool(self._clocked)
        return Coverage(
            dated=self._months.total(),
            undated=self._undated,
            first=names[0],
            last=names[-1],
            periods=_periods(self._months),
            weekdays=_marked([(name, self._days[at]) for at, name in enumerate(_DAYS)]) if clocked else (),
            hours=_marked([(f"{hour:02}", self._hours[hour]) for hour in range(24)]) if clocked else (),
        )


def _time_of(record: RecordView) -> str | None:
    return next((str(record.properties[name][0]) for name in _TIMES if record.properties.get(name)), None)


def _dated_type(name: str) -> bool:
    return any(time in SCHEMA.entities[name].properties for time in _TIMES)


def _periods(months: Counter[str]) -> tuple[Period, ...]:
    """Every month from first to last; years where these are too many, or where only years are known."""
    whole = {name: count for name, count in months.items() if len(name) == len("2026-01")}
    if len(whole) == len(months):
        first, last = np.datetime64(min(whole), "M"), np.datetime64(max(whole), "M")
        if (last - first).astype(int) < MOST_MONTHS:
            names = np.arange(first, last + 1).astype(str).tolist()
            return _marked([(name, whole.get(name, 0)) for name in names])
    years: Counter[str] = Counter()
    for name, count in months.items():
        years[name[:4]] += count
    low, high = int(min(years)), int(max(years))
    if high - low < MOST_MONTHS:
        return _marked([(f"{year:04}", years[f"{year:04}"]) for year in range(low, high + 1)])
    return tuple(Period(name, years[name]) for name in sorted(years))


def _marked(counts: list[tuple[str, int]]) -> tuple[Period, ...]:
    """A bar is a gap where it has next to nothing beside what is usual."""
    usual = float(np.median([count for _, count in counts]))
    return tuple(
        Period(name, count, gap=count < NEXT_TO_NOTHING * usual or not count) for name, count in counts
    )
