"""The words of the mapping language as pydantic models: the edge where a mapping file becomes typed, or is refused.

Nothing here is used a row: ``ingest.mapping.compiler`` turns these models into functions once a file.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag, model_validator

from ingest.mapping.conditions import Condition, Name, Plain, Scalar


class Strict(Plain, BaseModel):
    """A part of a mapping: unknown words are refused, nothing is coerced."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ValueOptions(Strict):
    """What every form of value may say beside where it comes from."""

    clean: str | None = None
    default: Scalar | None = None
    on_error: Literal["quarantine", "omit", "keep"] = "quarantine"
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
    """How to read a grading: two columns, or one with both parts; ``default``: where a row gives neither."""

    scheme: Scheme
    source: ValueOf | None = None
    intelligence: ValueOf | None = None
    code: ValueOf | None = None
    default: str | None = None

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
    by: Name | None = None
    key: ValueOf
    source: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> EndWords:
        if (self.type is None) == (self.types is None):
            raise ValueError("give either type or types")
        if self.by is not None and self.types is None:
            raise ValueError("by says which of several types: give types")
        return self


EndOf = Annotated[
    Annotated[list[str], Tag("<names>"), Field(min_length=1)] | Annotated[EndWords, Tag("<end>")],
    Discriminator(lambda value: "<names>" if isinstance(value, list) else "<end>"),
    BeforeValidator(_as_list),
]


class SeriesWords(Strict):
    """Many rows of one pair as one link that counts them; each row is kept as an occurrence with its time and values."""

    at: ValueOf
    until: ValueOf | None = None
    reference: ValueOf | None = None
    values: dict[Name, ValueOf] = {}
    total: list[str] = []


class LinkWords(EvidenceWords):
    """One link that a row states."""

    type: str
    source: EndOf
    target: EndOf
    reference: ValueOf | None = None
    properties: dict[str, ValueOf] = {}
    valid_from: ValueOf | None = None
    valid_to: ValueOf | None = None
    series: SeriesWords | None = None
    when: Condition | None = None
    ends: Literal["any"] | None = None
    original: Literal["used", "row"] = "used"


class MentionWords(Strict):
    """Free text in which identifiers are found by rule and, unless ``names`` is false, names are suggested."""

    text: Annotated[list[Name], BeforeValidator(_as_list), Field(min_length=1)]
    in_: Annotated[Name, Field(alias="in")]
    names: bool = True
    kinds: Annotated[list[str] | None, Field(min_length=1)] = None


def _as_mentions(value: object) -> object:
    return [cast("dict[str, object]", value)] if isinstance(value, dict) else value


class Statements(Strict):
    """What is stated: entities by name, links, and what free text mentions."""

    entities: dict[Name, EntityWords] = {}
    links: list[LinkWords] = []
    mentions: Annotated[list[MentionWords], BeforeValidator(_as_mentions)] = []


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


class ColumnPlace(Strict):
    """Where a column of fixed-width text stands: first and last character, counted from 1."""

    name: Name
    from_: Annotated[int, Field(alias="from", ge=1)]
    to: Annotated[int, Field(le=1 << 20)]

    @model_validator(mode="after")
    def _forward(self) -> ColumnPlace:
        if self.to < self.from_:
            raise ValueError("ends before it begins")
        return self


class FileWords(ReadingWords, Statements):
    """One section: which files, how they are read, what a row states."""

    match: Annotated[list[str], BeforeValidator(_as_list)] = ["*"]
    format: str = "csv"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | Literal["auto"] = ","
    columns: list[ColumnPlace] = []
    encoding: Literal["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1"] = "utf-8"
    header: Annotated[list[Name] | None, Field(min_length=1)] = None
    skip_rows: Annotated[int, Field(ge=0, le=200)] | Literal["to_header"] = 0
    footer: Annotated[list[Name], BeforeValidator(_as_list)] = []
    items: str | None = None
    sheet: str | None = None
    required: list[str] = []
    may_lack: list[str] = []
    ignore: list[str] = []
    when: Condition | None = None
    repeat: list[RepeatWords] = []
    records: Name | None = None


class MappingWords(ReadingWords):
    """A whole mapping file."""

    mapping: Literal[1]
    title: str = ""
    unpack_gib: Annotated[int, Field(ge=1, le=256)] = 2
    lookups: dict[Name, dict[str, Scalar]] = {}
    files: Annotated[list[FileWords], Field(min_length=1)]
