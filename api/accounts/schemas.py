"""Shapes of accounts and tokens."""

from pydantic import BaseModel, Field

from api.auth.model import Role
from api.schemas import Body
from graphcore.access import Marking


class ProfileIn(Body):
    """What an account may do and see; all of it is given, also what stays."""

    organisation: str = Field(max_length=200, examples=["Northshire"])
    roles: list[Role] = Field(min_length=1, max_length=4, examples=[["reader"]])
    clearance: Marking = Marking.OFFICIAL
    compartments: list[str] = Field(default_factory=list, max_length=100)
    may_read_conditional: bool = False
    law_enforcement: bool = True
    team: str = Field(default="", max_length=200)
    operations: list[str] = Field(default_factory=list, max_length=100)


class AccountIn(ProfileIn):
    """A new account."""

    name: str = Field(min_length=1, max_length=64, examples=["j.hargreaves"])
    password: str = Field(min_length=12, max_length=256, examples=["correct horse battery"])


class AccountBody(BaseModel):
    """An account."""

    name: str
    organisation: str
    roles: list[str]
    clearance: str
    compartments: list[str]
    may_read_conditional: bool
    law_enforcement: bool
    team: str
    operations: list[str]
    federated: bool = Field(description="An OpenID provider answers for it.")
    created_at: str


class AccountList(BaseModel):
    """Open accounts by name."""

    accounts: list[AccountBody]


class TokenIn(Body):
    """A token for scripts."""

    label: str = Field(min_length=1, max_length=100, examples=["nightly load"])
    days: int = Field(default=30, ge=1, le=366)


class TokenShown(BaseModel):
    """A new token: the only time that it can be read."""

    token: str


class TokenBody(BaseModel):
    """A token without its secret."""

    id: str
    label: str
    created_at: str
    expires_at: str


class TokenList(BaseModel):
    """Live tokens, oldest first."""

    tokens: list[TokenBody]
