"""The words of the mapping language as pydantic models: the edge where a mapping file becomes typed, or is refused.

Nothing here is used a row: ``ingest.mapping.compiler`` turns these models into functions once a file.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

Scalar = str | int | float | bool
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Strict(BaseModel):
    """A part of a mapping: unknown words are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_condition(value: object) -> object:
    return {"all": cast("list[object]", value)} if isinstance(value, list) else value


def _condition_tag(value: Any) -> str | None:
    words = ("column", "all", "any", "not")
    return next((word for word in words if isinstance(value, dict) and word in value), None)


class ColumnIs(Strict):
    """A condition on one column; exactly one test."""

    column: Name
    is_: Annotated[Scalar | None, Field(alias="is")] = None
    is_not: Scalar | None = None
    in_: Annotated[list[Scalar] | None, Field(alias="in")] = None
    not_in: list[Scalar] | None = None
    starts_with: str | None = None
    empty: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> ColumnIs:
        tests = (self.is_, self.is_not, self.in_, self.not_in, self.starts_with, self.empty)
        if sum(test is not None for test in tests) != 1:
            raise ValueError("give exactly one of is, is_not, in, not_in, starts_with, empty")
        return self


class AllOf(Strict):
    """Every condition holds."""

    all: list[Condition]


class AnyOf(Strict):
    """At least one condition holds."""

    any: list[Condition]


class Not(Strict):
    """The condition does not hold."""

    not_: Annotated[Condition, Field(alias="not")]


Condition = Annotated[
    Annotated[ColumnIs, Tag("<column>")]
    | Annotated[AllOf, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")],
    Discriminator(
        lambda value: f"<{_condition_tag(value)}>" if _condition_tag(value) else None,
        custom_error_type="condition",
        custom_error_message="a condition is {column: .., is: ..}, {all: [..]}, {any: [..]}, {not: ..} or a list",
    ),
    BeforeValidator(_as_condition),
]


class ValueOptions(Strict):
    """What every form of value may say beside where it comes from."""

    clean: str | None = None
    default: Scalar | None = None
    on_error: Literal["quarantine", "omit"] = "quarantine"
    when: Condition | None = None


class FromColumn(ValueOptions):
    """The value of a column."""

    column: Name
    split: Annotated[str | None, Field(min_length=1)] = None
    lookup: str | None = None


class Joined(ValueOptions):
    """Parts side by side."""

    join: Annotated[list[ValueOf], Field(min_length=1)]
    with_: Annotated[str, Field(alias="with")] = " "
    parts: Literal["any", "all"] | None = None


class First(ValueOptions):
    """The first part that gives a value."""

    first: Annotated[list[ValueOf], Field(min_length=1)]


class Several(ValueOptions):
    """The values of all parts."""

    list_: Annotated[list[ValueOf], Field(alias="list", min_length=1)]


class Constant(ValueOptions):
    """Always the same value."""

    const: Scalar


_FORMS = ("column", "join", "first", "list", "const")


def _as_value(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _value_tag(value: Any) -> str | None:
    return next((f"<{form}>" for form in _FORMS if isinstance(value, dict) and form in value), None)


_VALUE_DISCRIMINATOR = Discriminator(
    _value_tag,
    custom_error_type="value",
    custom_error_message="a value is a column name or one of {column: ..}, {join: [..]}, {first: [..]}, {list: [..]}, {const: ..}",
)
ValueOf = Annotated[
    Annotated[FromColumn, Tag("<column>")]
    | Annotated[Joined, Tag("<join>")]
    | Annotated[First, Tag("<first>")]
    | Annotated[Several, Tag("<list>")]
    | Annotated[Constant, Tag("<const>")],
    _VALUE_DISCRIMINATOR,
    BeforeValidator(_as_value),
]
Scheme = Literal["3x5x2", "5x5x5"]


class GradingWords(Strict):
    """How to read a grading: two columns, or one with both parts."""

    scheme: Scheme
    source: ValueOf | None = None
    intelligence: ValueOf | None = None
    code: ValueOf | None = None

    @model_validator(mode="after")
    def _one_way(self) -> GradingWords:
        if (self.code is None) == (self.source is None and self.intelligence is None):
            raise ValueError("give either code, or source and intelligence")
        return self


class HandlingWords(Strict):
    """How to read a handling code and its conditions."""

    scheme: Scheme
    code: ValueOf
    conditions: ValueOf | None = None


class EvidenceWords(Strict):
    """Grading, handling, marking and times of what is stated; the nearest word counts."""

    grading: GradingWords | None = None
    handling: HandlingWords | None = None
    marking: ValueOf | None = None
    compartment: ValueOf | None = None
    originator: ValueOf | None = None
    known_at: ValueOf | None = None


KindOf = Annotated[
    Annotated[str, Tag("<word>")] | Annotated[ValueOf, Tag("<value>")],
    Discriminator(lambda value: "<word>" if isinstance(value, str) else "<value>"),
]


class EntityWords(EvidenceWords):
    """One entity that a row states."""

    type: str
    kind: KindOf | None = None
    key: ValueOf
    properties: dict[str, ValueOf] = {}
    when: Condition | None = None
    optional: bool = False
    unique: bool = False
    original: Literal["used", "row"] = "used"


class EndWords(Strict):
    """A link's end that is no entity of this section."""

    type: str | None = None
    types: Annotated[list[str] | None, Field(min_length=1)] = None
    key: ValueOf
    source: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> EndWords:
        if (self.type is None) == (self.types is None):
            raise ValueError("give either type or types")
        return self


EndOf = Annotated[
    Annotated[list[str], Tag("<names>"), Field(min_length=1)] | Annotated[EndWords, Tag("<end>")],
    Discriminator(lambda value: "<names>" if isinstance(value, list) else "<end>"),
    BeforeValidator(_as_list),
]


class LinkWords(EvidenceWords):
    """One link that a row states."""

    type: str
    source: EndOf
    target: EndOf
    reference: ValueOf | None = None
    properties: dict[str, ValueOf] = {}
    valid_from: ValueOf | None = None
    valid_to: ValueOf | None = None
    when: Condition | None = None
    ends: Literal["any"] | None = None
    original: Literal["used", "row"] = "used"


class Statements(Strict):
    """What is stated: entities by name, and links."""

    entities: dict[Name, EntityWords] = {}
    links: list[LinkWords] = []


class RepeatWords(Statements):
    """Statements once for each item of a list."""

    over: Name
    as_: Annotated[Name, Field(alias="as")]
    split: Annotated[str | None, Field(min_length=1)] = None


class ReadingWords(EvidenceWords):
    """Words that stand on the whole mapping or on one file section."""

    source: Annotated[str | None, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")] = None
    timezone: str | None = None
    dates: Literal["dmy", "mdy"] | None = None


class FileWords(ReadingWords, Statements):
    """One section: which files, how they are read, what a row states."""

    match: Annotated[list[str], BeforeValidator(_as_list)] = ["*"]
    format: str = "csv"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Literal["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1"] = "utf-8"
    header: Annotated[list[Name] | None, Field(min_length=1)] = None
    items: str | None = None
    sheet: str | None = None
    required: list[str] = []
    may_lack: list[str] = []
    ignore: list[str] = []
    when: Condition | None = None
    repeat: list[RepeatWords] = []


class MappingWords(ReadingWords):
    """A whole mapping file."""

    mapping: Literal[1]
    title: str = ""
    lookups: dict[Name, dict[str, Scalar]] = {}
    files: Annotated[list[FileWords], Field(min_length=1)]
