"""Shapes of signing in."""

from pydantic import BaseModel, Field

from api.reading import MAX_REASON
from api.schemas import Body
from graphcore.access import Marking, PurposeCode


class PurposeIn(Body):
    """Why the session reads; every read is logged with it."""

    purpose: PurposeCode = Field(examples=["investigation"])
    reason: str = Field(
        min_length=1, max_length=MAX_REASON, pattern=r"\S", examples=["Who controls the car washes"]
    )
    operation: str = Field(default="", max_length=MAX_REASON, examples=["Operation Larkspur"])


class SignInBody(PurposeIn):
    """Name, password and purpose."""

    name: str = Field(min_length=1, max_length=200, examples=["analyst"])
    password: str = Field(min_length=1, max_length=256, examples=["correct horse battery"])


class PasswordIn(Body):
    """The present password, so that an open session alone cannot take an account over, and the new one."""

    current: str = Field(min_length=1, max_length=256, examples=["correct horse battery"])
    new: str = Field(min_length=12, max_length=256, examples=["another horse battery"])


class ProviderSignInBody(PurposeIn):
    """Purpose of a sign-in with the provider, and the page to come back to: a path of this server alone."""

    return_to: str = Field(
        default="/", max_length=500, pattern=r"^/([A-Za-z0-9._~-][A-Za-z0-9._~/-]*)?$", examples=["/"]
    )


class WaysBody(BaseModel):
    """How one can sign in here."""

    passwords: bool
    provider: str | None = Field(description="What the provider is called; null where there is none.")


class StartedBody(BaseModel):
    """Where the browser goes on."""

    location: str


class SessionBody(BaseModel):
    """Who is signed in. ``csrf`` goes into X-CSRF-Token on every change ("" for tokens, which need none)."""

    name: str
    organisation: str
    clearance: Marking
    compartments: list[str]
    roles: list[str]
    purpose: PurposeCode | None
    reason: str
    operation: str
    csrf: str
