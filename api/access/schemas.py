"""Shapes of grants and of explanations."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas import Body
from graphcore.access import Grantee, Marking, Pointer, Retention, Scope


class GrantIn(Body):
    """A grant to be given: to whom, over what, for which operation, until when, and why."""

    grantee: Grantee
    name: str = Field(
        min_length=1,
        max_length=200,
        description="Account, ORGANISATION/TEAM or organisation.",
        examples=["j.hargreaves"],
    )
    scope: Scope
    over: str = Field(
        min_length=1, max_length=200, description="Compartment or originator.", examples=["KESTREL"]
    )
    operation: str = Field(min_length=1, max_length=200, examples=["Operation Larkspur"])
    until: AwareDatetime
    why: str = Field(min_length=1, max_length=500, examples=["joint operation"])


class RevocationIn(Body):
    """Why a grant ends."""

    why: str = Field(min_length=1, max_length=500, examples=["operation is over"])


class GrantBody(BaseModel):
    """A grant with its history."""

    id: str
    grantee: str
    name: str
    scope: str
    over: str
    operation: str
    until: str
    state: Literal["standing", "expired", "revoked"]
    given_by: str
    given_at: str
    why: str
    revoked_by: str
    revoked_at: str | None
    revoked_why: str


class GrantList(BaseModel):
    """Grants, oldest first."""

    grants: list[GrantBody]


class ExplainIn(Body):
    """A reader and a label: may records under it be seen?"""

    subject: str = Field(
        min_length=1, max_length=64, description="Name of an account.", examples=["j.hargreaves"]
    )
    operation: str = Field("", max_length=500, description="Operation that the read would state.")
    marking: str = Field(Marking.OFFICIAL, max_length=40)
    handling_scheme: str = Field("", max_length=20, examples=["3x5x2"])
    handling_code: str = Field("", max_length=20, examples=["C"])
    handling_conditions: list[str] = Field(default_factory=list[str], max_length=10)
    compartment: str = Field("", max_length=200)
    originator: str = Field("", max_length=200)
    retention: Retention = Retention.CURRENT
    pointer: Pointer = Pointer.SILENT


class ExplainAnswer(BaseModel):
    """``reasons`` names every rule that denies; ``told``: denied, but told that there is something to ask for."""

    subject: str
    allow: bool
    reasons: list[str]
    told: bool
    rules: str = Field(description="Name and digest of the rule file that counts.")
