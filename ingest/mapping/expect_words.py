"""The words of ``expect:``, the unit tests that stand beside a mapping: what goes in, and what must come out.

A load never reads them, and they are no part of what makes two loads the same load.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, model_validator

from graphcore.schema.loader import load_schema
from ingest.mapping.conditions import Name, Scalar
from ingest.mapping.model import Strict
from ingest.mapping.yaml_text import Path

MAX_CASES = 500


def _as_list(value: object) -> object:
    return [cast("dict[str, Any]", value)] if isinstance(value, dict) else value


def _beside(value: str) -> str:
    """A path that stays beside the mapping: no other folder of the machine can be named."""
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or ":" in value or "\x00" in value:
        raise ValueError("must name a file beside the mapping (no .., no absolute path, no drive)")
    return value


def _as_text(value: object) -> object:
    return value if isinstance(value, (str, bool)) or value is None else str(value)


Text = Annotated[str, BeforeValidator(_as_text)]
Beside = Annotated[Name, AfterValidator(_beside)]
Values = dict[str, Scalar | list[Scalar] | None]


class Stated(Strict):
    """What may be asked of any statement; what is left out is not compared."""

    properties: Values = Field(default_factory=dict[str, Scalar | list[Scalar] | None])
    marking: str | None = None
    handling: Text | None = None
    conditions: list[str] | None = None
    compartment: str | None = None
    originator: str | None = None
    grading: Text | None = None


class EntityExpected(Stated):
    """One entity that must be stated."""

    type: str
    key: Text
    kind: str | None = None


class LinkExpected(Stated):
    """One link that must be stated, by the references of its ends."""

    type: str
    from_: Annotated[Text, Field(alias="from")]
    to: Text
    reference: Text | None = None
    valid_from: str | None = None
    valid_to: str | None = None


class RefusedExpected(Strict):
    """One row that must be quarantined; ``reason`` is a part of the reason."""

    row: int | None = None
    field: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _something(self) -> RefusedExpected:
        if self.row is None and self.field is None and self.reason is None:
            raise ValueError("say row, field or reason")
        return self


class ExpectWords(Strict):
    """One case: a file (or folder) beside the mapping or rows as text, and what must come of it."""

    name: str = ""
    file: Beside | None = None
    rows: str | None = None
    as_: Annotated[Beside | None, Field(alias="as")] = None
    entities: dict[str, int] | None = None
    links: dict[str, int] | None = None
    skipped: int | None = None
    quarantined: int | dict[str, int] | None = None
    file_refused: str | None = None
    entity: Annotated[list[EntityExpected], BeforeValidator(_as_list)] = Field(
        default_factory=list[EntityExpected]
    )
    link: Annotated[list[LinkExpected], BeforeValidator(_as_list)] = Field(default_factory=list[LinkExpected])
    refused: Annotated[list[RefusedExpected], BeforeValidator(_as_list)] = Field(
        default_factory=list[RefusedExpected]
    )
    warnings: list[str] = Field(default_factory=list[str])

    @model_validator(mode="after")
    def _one_input(self) -> ExpectWords:
        if (self.file is None) == (self.rows is None):
            raise ValueError("give either file or rows")
        if self.as_ is not None and (self.rows is None or "/" in self.as_):
            raise ValueError("as is the file name of rows")
        if not self.model_fields_set - {"name", "file", "rows", "as_"}:
            raise ValueError("says nothing that must come out")
        return self


EXPECTATIONS: TypeAdapter[list[ExpectWords]] = TypeAdapter(
    Annotated[list[ExpectWords], Field(max_length=MAX_CASES)]
)


def split_expectations(values: object) -> tuple[object, object]:
    """The values of a mapping file without ``expect``, and what stands under it."""
    if not isinstance(values, dict):
        return values, []
    named = dict(cast("dict[str, Any]", values))
    expected = named.pop("expect", [])
    return named, expected


def check_expectations(cases: list[ExpectWords]) -> list[tuple[Path, str]]:
    """Types and properties that the schema does not know, each with its path."""
    schema, faults = load_schema(), list[tuple[Path, str]]()
    for at, case in enumerate(cases):
        for word, known in (("entities", schema.entities), ("links", schema.links)):
            named: dict[str, int] = getattr(case, word) or {}
            faults += [(("expect", at, word, n), f"no type {n!r}") for n in named if n not in known]
        for word, known in (("entity", schema.entities), ("link", schema.links)):
            stated: list[EntityExpected | LinkExpected] = getattr(case, word)
            for place, one in enumerate(stated):
                path: Path = ("expect", at, word, place)
                spec = known.get(one.type)
                if spec is None:
                    faults.append(((*path, "type"), f"no {word} type {one.type!r}"))
                    continue
                unknown = [name for name in one.properties if name not in spec.properties]
                faults += [
                    ((*path, "properties", name), f"{one.type} has no property {name!r}") for name in unknown
                ]
    return faults
