"""The smallest words of the mapping language: names, plain values and conditions."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

Scalar = str | int | float | bool
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Plain(BaseModel):
    """A part of a mapping: unknown words are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


def _as_condition(value: object) -> object:
    return {"all": cast("list[object]", value)} if isinstance(value, list) else value


def _condition_tag(value: Any) -> str | None:
    words = ("column", "all", "any", "not")
    return next((word for word in words if isinstance(value, dict) and word in value), None)


class ColumnIs(Plain):
    """A condition on one column; exactly one test."""

    column: Name
    is_: Annotated[Scalar | None, Field(alias="is")] = None
    is_not: Scalar | None = None
    in_: Annotated[list[Scalar] | None, Field(alias="in")] = None
    not_in: list[Scalar] | None = None
    starts_with: str | None = None
    empty: bool | None = None
    any_case: bool = False
    clean: str | None = None

    @model_validator(mode="after")
    def _one_test(self) -> ColumnIs:
        tests = (self.is_, self.is_not, self.in_, self.not_in, self.starts_with, self.empty)
        if sum(test is not None for test in tests) != 1:
            raise ValueError("give exactly one of is, is_not, in, not_in, starts_with, empty")
        return self


class AllOf(Plain):
    """Every condition holds."""

    all: list[Condition]


class AnyOf(Plain):
    """At least one condition holds."""

    any: list[Condition]


class Not(Plain):
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
