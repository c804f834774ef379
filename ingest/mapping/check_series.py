"""Checks of ``series``: what a link needs to count its rows, and what would be counted wrongly."""

from graphcore.evidence.series import FieldType
from graphcore.schema.loader import LinkSpec
from ingest.mapping.check_values import ValueChecks
from ingest.mapping.model import LinkWords, SeriesWords
from ingest.mapping.yaml_text import Path

Fault = tuple[Path, str]
COUNTS = ("occurrences", "first_at", "last_at")
_TYPED: dict[str, FieldType] = {"integer": "integer", "decimal": "decimal", "boolean": "boolean"}


def field_type(spec: LinkSpec, name: str) -> FieldType:
    """How a value of an occurrence is kept: as the schema says of the link's property of that name, else as text."""
    return _TYPED.get(spec.properties.get(name, ""), "text")


def series_faults(
    words: LinkWords, series: SeriesWords, spec: LinkSpec, values: ValueChecks, path: Path
) -> list[Fault]:
    """The faults of a series; those of its values go to ``values``."""
    here = (*path, "series")
    faults: list[Fault] = [
        ((*path, name), "a series gives the link its times: leave it out")
        for name in ("valid_from", "valid_to")
        if getattr(words, name) is not None
    ]
    if lacking := [name for name in COUNTS if name not in spec.properties]:
        faults.append(
            (here, f"{spec.name} has no property {' or '.join(lacking)}: its rows cannot be counted")
        )
    for name in ("at", "until", "reference"):
        value = getattr(series, name)
        if value is not None:
            values.value(
                value, "identifier" if name == "reference" else "timestamp", (*here, name), named=name
            )
    for name, value in series.values.items():
        values.value(value, spec.properties.get(name, "text"), (*here, "values", name), named=name)
    for name in series.total:
        if name not in series.values:
            faults.append(((*here, "total"), f"{name!r} is not among the values"))
        elif spec.properties.get(name) != "integer":
            faults.append(((*here, "total"), f"{name!r} is no whole-number property of {spec.name}"))
    reason = "whole numbers of a series are added up: put it under series, values"
    faults += [
        ((*path, "properties", name), reason)
        for name in words.properties
        if name in COUNTS or name in series.total or spec.properties.get(name) == "integer"
    ]
    return faults
