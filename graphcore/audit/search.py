"""Which rows an auditor asks for. Conditions join with "and"; cost grows with the rows that the times leave."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from graphcore.model.times import iso_utc


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Empty fields ask for nothing. ``entity`` is an id asked for or shown; ``but_subject`` leaves a person's rows out.

    ``asked`` is a part of the wording of a question, in any case; the caller opens the seals. Times are aware.
    """

    subject: str = ""
    organisation: str = ""
    operation: str = ""
    action: str = ""
    purpose: str = ""
    reference: str = ""
    status: str = ""
    phase: str = ""
    entry: str = ""
    entity: str = ""
    recipient: str = ""
    asked: str = ""
    since: datetime | None = None
    until: datetime | None = None
    but_subject: str = ""

    def but(self, subject: str) -> "RowFilter":
        """The same without the rows of one person."""
        return replace(self, but_subject=subject)

    def given(self) -> dict[str, str]:
        """What is asked for, as text: for the log's own row on the reading of it."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: str(value) for name, value in values.items() if value}


_EQUAL = (
    "subject", "organisation", "operation", "action", "purpose", "reference", "status", "phase", "entry",
)  # fmt: skip
_HELD = {
    "entity": "EXISTS (SELECT 1 FROM json_each(entities) WHERE value = :entity)",
    "recipient": "EXISTS (SELECT 1 FROM json_each(recipients) WHERE value = :recipient)",
}


def conditions(where: RowFilter) -> tuple[str, dict[str, str]]:
    """SQL (names of our own and parameters) and its values; empty for a filter that asks for nothing."""
    terms = [f"{name} = :{name}" for name in _EQUAL if getattr(where, name)]
    values = {name: str(getattr(where, name)) for name in _EQUAL if getattr(where, name)}
    for name, held in _HELD.items():
        if getattr(where, name):
            terms.append(held)
            values[name] = getattr(where, name)
    if where.since:
        terms.append("at >= :since")
        values["since"] = iso_utc(where.since)
    if where.until:
        terms.append("at < :until")
        values["until"] = iso_utc(where.until)
    if where.but_subject:
        terms.append("subject <> :but_subject")
        values["but_subject"] = where.but_subject
    if where.asked:
        terms.append("query_sealed <> x''")
    return "".join(f" AND {term}" for term in terms), values
