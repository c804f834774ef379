"""Checks of values and conditions in a mapping: cleaners that exist and fit, lookup tables that exist, constants that clean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.clean import CLEANERS, is_cleaner
from ingest.clean.base import CleanSettings
from ingest.clean.cleaners import make_cleaner
from ingest.errors import CleanError
from ingest.mapping.conditions import AllOf, AnyOf, ColumnIs, Condition, Not, Scalar
from ingest.mapping.model import Constant, First, FromColumn, Joined, Several, ValueOf
from ingest.mapping.yaml_text import Path

Fault = tuple[Path, str]
_FITS: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"integer", "pence", "money", "money_size", "duration"}),
    "decimal": frozenset(
        {
            "decimal",
            "percent",
            "psc_share_min",
            "psc_share_max",
            "psc_voting_min",
            "psc_voting_max",
            "share_from",
            "share_to",
        }
    ),
    "boolean": frozenset({"boolean", "psc_indirect"}),
    "timestamp": frozenset(
        {
            "timestamp",
            "timestamp_utc",
            "epoch_s",
            "epoch_ms",
            "span_start",
            "span_end",
            "approximate_start",
            "approximate_end",
        }
    ),
    "partial_date": frozenset({"partial_date", "date_or_year", "approximate_date"}),
}
_NOT_TEXT = _FITS["integer"] | _FITS["decimal"] | _FITS["boolean"]
_KINDS_OF: Mapping[str, type | tuple[type, ...]] = {"integer": int, "decimal": (int, float), "boolean": bool}


@dataclass(slots=True)
class ValueChecks:
    """Collects the faults of values; ``lookups`` are the mapping's tables."""

    lookups: Mapping[str, Mapping[str, Scalar]]
    faults: list[Fault] = field(default_factory=list[Fault])

    def value(self, value: ValueOf, value_type: str, path: Path, named: str = "") -> None:
        """Check one value that must come out as ``value_type``; ``named``: the mapping word it stands under."""
        self.condition(value.when, (*path, "when"))
        self._cleaner(value, value_type, path)
        self._keeps(value, value_type, path, named)
        if isinstance(value, Constant):
            self._constant(value.const, value, value_type, (*path, "const"))
        if value.default is not None:
            self._constant(value.default, value, value_type, (*path, "default"))
        if isinstance(value, FromColumn):
            self._column(value, value_type, path, named)
        elif isinstance(value, Joined):
            self._parts(value.join, "text", (*path, "join"))
        elif isinstance(value, First):
            self._parts(value.first, value_type, (*path, "first"))
        elif isinstance(value, Several):
            self._parts(value.list_, value_type, (*path, "list"))

    def _keeps(self, value: ValueOf, value_type: str, path: Path, named: str) -> None:
        """A text can be kept as received; a number, a time or a reference that is none cannot be used."""
        if value.on_error == "keep" and (
            named or value_type in _FITS or not isinstance(value, (FromColumn, Joined))
        ):
            self.faults.append(((*path, "on_error"), "keep is for a column or join that gives a text"))

    def words(self, value: ValueOf, allowed: Sequence[str], path: Path) -> None:
        """Check a value whose outcomes must be among ``allowed`` words, as far as the mapping tells."""
        self.value(value, "text", path)
        outcomes: list[object] = [value.const] if isinstance(value, Constant) else []
        if isinstance(value, FromColumn) and value.lookup is not None:
            outcomes += self.lookups.get(value.lookup, {}).values()
        outcomes += [value.default] if value.default is not None else []
        for word in outcomes:
            if word not in allowed:
                self.faults.append((path, f"{word!r} is not one of {', '.join(allowed) or 'no kinds'}"))

    def condition(self, condition: Condition | None, path: Path) -> None:
        """Check a condition and those inside it."""
        if isinstance(condition, AllOf):
            self._conditions(condition.all, (*path, "all"))
        elif isinstance(condition, AnyOf):
            self._conditions(condition.any, (*path, "any"))
        elif isinstance(condition, Not):
            self.condition(condition.not_, (*path, "not"))
        elif isinstance(condition, ColumnIs):
            if condition.in_ == []:
                self.faults.append(((*path, "in"), "an empty list is never true"))
            if condition.clean is not None and not is_cleaner(condition.clean):
                self.faults.append(((*path, "clean"), f"no cleaner {condition.clean!r}"))

    def _conditions(self, conditions: Sequence[Condition], path: Path) -> None:
        if not conditions:
            self.faults.append((path, "an empty list says nothing"))
        for at, condition in enumerate(conditions):
            self.condition(condition, (*path, at))

    def _parts(self, parts: Sequence[ValueOf], value_type: str, path: Path) -> None:
        for at, part in enumerate(parts):
            self.value(part, value_type, (*path, at))

    def _column(self, value: FromColumn, value_type: str, path: Path, named: str) -> None:
        if value.lookup is not None and value.lookup not in self.lookups:
            self.faults.append(((*path, "lookup"), f"no table {value.lookup!r} in lookups"))
        elif value.lookup is not None and value_type in _KINDS_OF:
            wrong = [
                k for k, v in self.lookups[value.lookup].items() if not isinstance(v, _KINDS_OF[value_type])
            ]
            self.faults += [((*path, "lookup"), f"{value.lookup}.{k} is no {value_type}") for k in wrong]
        if value.split is not None and named:
            self.faults.append(((*path, "split"), f"{named} takes one value, not a list"))

    def _cleaner(self, value: ValueOf, value_type: str, path: Path) -> None:
        if value.clean is None:
            return
        fits = _FITS.get(value_type)
        if not is_cleaner(value.clean):
            self.faults.append(
                (
                    (*path, "clean"),
                    f"no cleaner {value.clean!r} (there are {', '.join(CLEANERS)}, code:LIST and phone:CC)",
                )
            )
        elif (fits is not None and value.clean not in fits) or (fits is None and value.clean in _NOT_TEXT):
            self.faults.append(((*path, "clean"), f"{value.clean} does not give a {value_type}"))

    def _constant(self, const: Scalar, value: ValueOf, value_type: str, path: Path) -> None:
        if value_type in _KINDS_OF:
            kind = _KINDS_OF[value_type]
            if not isinstance(const, kind) or (isinstance(const, bool) and value_type != "boolean"):
                self.faults.append((path, f"is no {value_type}"))
            return
        name = value.clean if value.clean is not None and is_cleaner(value.clean) else value_type
        cleaner = make_cleaner(name or value_type, CleanSettings())
        if cleaner.text is None or not isinstance(const, str):
            return
        try:
            cleaner.text(const)
        except CleanError as error:
            self.faults.append((path, str(error)))
