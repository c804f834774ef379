"""Values that are seldom right, told one by one: each check sees a value once and keeps counts alone."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from graphcore.evidence.ledger import RecordView
from graphcore.schema import SCHEMA
from ingest.quality.findings import Tally, Unlikely

Check = Callable[[object], bool]
OLDEST_PERSON_YEARS = 110
EARLIEST_YEAR = 1900
LONGEST_S = 24 * 60 * 60
_DEFAULTS = ("1900-01-01", "1970-01-01", "1899-12-30", "1899-12-31", "0001-01-01", "9999-12-31", "2099-12-31")
_DATES = ("partial_date", "timestamp")
_ONE_DIGIT = re.compile(r"\+?\d{0,3}?(\d)\1{6,}")
_TITLES = {
    "birth": f"birth date in the future or more than {OLDEST_PERSON_YEARS} years ago",
    "early": f"date before {EARLIEST_YEAR}",
    "default": "date that systems put where they know none",
    "digit": "number of one digit repeated",
    "long": "duration above 24 hours",
}


class ValueChecks:
    """All checks on single values. ``today``: the day on which the batch was loaded."""

    def __init__(self, today: date) -> None:
        self._today = today.isoformat()
        self._oldest = f"{today.year - OLDEST_PERSON_YEARS:04}{today.isoformat()[4:]}"
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._plans: dict[tuple[str, str], list[tuple[str, str, Check]]] = {}

    def see(self, record: RecordView) -> None:
        """Look at a record's values."""
        plan = self._plans.get((record.kind, record.type))
        if plan is None:
            plan = self._plans[record.kind, record.type] = [*self._plan(record.kind, record.type)]
        for check, name, test in plan:
            for value in record.properties.get(name, ()):
                tally = self._tallies.setdefault((check, f"{record.type}.{name}"), Tally())
                tally.of += 1
                if test(value):
                    tally.hit(record.file, record.row)

    def found(self) -> list[Unlikely]:
        """Checks that hit something, by title and property."""
        return [
            Unlikely(_TITLES[check], about, tally.count, tally.of, tuple(tally.examples))
            for (check, about), tally in sorted(self._tallies.items())
            if tally.count
        ]

    def _plan(self, kind: str, of_type: str) -> Iterable[tuple[str, str, Check]]:
        specs = SCHEMA.entities if kind == "entity" else SCHEMA.links
        for name, value_type in specs[of_type].properties.items():
            if value_type in _DATES:
                yield "early", name, _early
                yield "default", name, _default
            if name == "birth_date":
                yield "birth", name, self._birth
            if value_type == "phone":
                yield "digit", name, _one_digit
            if name == "duration_s":
                yield "long", name, _long

    def _birth(self, value: object) -> bool:
        said = str(value)
        return said > self._today[: len(said)] or said < self._oldest[: len(said)]


def _early(value: object) -> bool:
    said = str(value)
    return said[:4].isdigit() and int(said[:4]) < EARLIEST_YEAR


def _default(value: object) -> bool:
    return str(value)[:10] in _DEFAULTS


def _one_digit(value: object) -> bool:
    return _ONE_DIGIT.fullmatch(str(value)) is not None


def _long(value: object) -> bool:
    return isinstance(value, int | float) and value > LONGEST_S
