"""Accounts and what they may do. Roles say which doors open; clearance and compartments say what is seen behind them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from graphcore.access import AccessContext, Marking, Purpose


class Role(StrEnum):
    """What an account may do. An auditor reads the audit log and nothing else; nobody reads their own trail.

    A reviewer decides who is who. A supervisor sees how the platform is used, and settles alerts on unusual use.
    An information owner opens what is theirs to others for an operation, and answers requests for detail.
    """

    READER = "reader"
    LOADER = "loader"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    AUDITOR = "auditor"
    SUPERVISOR = "supervisor"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made. ``organisation`` decides which originator-only records are its own.

    ``team`` and ``operations`` (those that the person works on) are told to the policy with every read.
    """

    name: str
    organisation: str
    roles: frozenset[Role]
    clearance: Marking = Marking.OFFICIAL
    compartments: frozenset[str] = field(default_factory=frozenset[str])
    may_read_conditional: bool = False
    law_enforcement: bool = True
    team: str = ""
    operations: frozenset[str] = field(default_factory=frozenset[str])


@dataclass(frozen=True, slots=True)
class Account:
    """An account as kept; the password hash never leaves the store.

    ``federated``: its profile is what an OpenID provider says of the person; it has no password and no tokens of ours.
    """

    id: int
    profile: NewAccount
    created_at: str
    federated: bool = False

    @property
    def name(self) -> str:
        """The name used to sign in, and the subject of audit rows."""
        return self.profile.name

    def context(self, purpose: Purpose | None, as_at: datetime | None = None) -> AccessContext:
        """What the policy may know of a read by this account."""
        profile = self.profile
        return AccessContext(
            subject=profile.name,
            organisation=profile.organisation,
            clearance=profile.clearance,
            purpose=purpose,
            compartments=profile.compartments,
            law_enforcement=profile.law_enforcement,
            may_read_conditional=profile.may_read_conditional,
            as_at=as_at,
            team=profile.team,
            operations=profile.operations,
        )


@dataclass(frozen=True, slots=True)
class Principal:
    """Who sends a request: the account behind a valid token.

    ``session``: a browser's cookie, which carries the ``purpose`` given at sign-in and needs ``csrf`` on every change.
    """

    account: Account
    token_id: int
    session: bool
    purpose: Purpose | None = None
    csrf: str = ""

    def with_purpose(self, purpose: Purpose) -> "Principal":
        """The same principal, reading for another purpose from now on."""
        return replace(self, purpose=purpose)
