"""A grant: somebody may see what they otherwise may not, for one operation, until a time.

Grants widen what the rules call "granted compartment" and "granted originator", and nothing else. They are values; who
gave and revoked them, and why, stands in the ledger (``graphcore.evidence.ledger.grants``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphcore.access.context import AccessContext


class Grantee(StrEnum):
    """Who is named: one person, the members of a team (``ORGANISATION/TEAM``), or everybody in an organisation."""

    SUBJECT = "subject"
    TEAM = "team"
    ORGANISATION = "organisation"


class Scope(StrEnum):
    """What is opened: the records of a compartment, or an originator's records that are shared under conditions."""

    COMPARTMENT = "compartment"
    ORIGINATOR = "originator"


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant as it was given. ``until`` is aware UTC; from then on it does not count."""

    grant_id: str
    grantee: Grantee
    name: str
    scope: Scope
    over: str
    operation: str
    until: datetime

    def counts(self, context: AccessContext) -> bool:
        """Whether it counts for a read: whose, in which operation, at which moment.

        The read must state the operation. A person who is named needs no more; one who comes under the grant as a member
        of a team or organisation must be known to work on the operation. A read without a moment has no grants.
        """
        purpose, now = context.purpose, context.now
        if purpose is None or now is None or purpose.operation != self.operation or now >= self.until:
            return False
        if self.grantee is Grantee.SUBJECT:
            return context.subject == self.name
        member = {
            Grantee.TEAM: f"{context.organisation}/{context.team}" if context.team else "",
            Grantee.ORGANISATION: context.organisation,
        }[self.grantee]
        return member == self.name and self.operation in context.operations


def granted(context: AccessContext, scope: Scope) -> frozenset[str]:
    """Compartments or originators that grants open to a read."""
    return frozenset(
        grant.over for grant in context.grants if grant.scope is scope and grant.counts(context)
    ) - {""}
