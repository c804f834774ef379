"""Who asks, and why. Every read carries one access context; none is made up on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from graphcore.access.label import Marking

if TYPE_CHECKING:
    from graphcore.access.grant import Grant
    from graphcore.access.rules import RuleSet


class PurposeCode(StrEnum):
    """Law-enforcement purposes (DPA 2018 s.31) and the platform's own upkeep."""

    PREVENTION = "prevention"
    INVESTIGATION = "investigation"
    DETECTION = "detection"
    PROSECUTION = "prosecution"
    SAFEGUARDING = "safeguarding"
    AUDIT = "audit"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a read is made: the code, the reader's own words, and the operation or reference it serves."""

    code: PurposeCode
    reason: str
    operation: str = ""


@dataclass(frozen=True, slots=True)
class AccessContext:
    """All that the policy may look at.

    ``may_read_conditional``: cleared for 3x5x2 handling code C (and its conditions) outside the originating organisation.
    ``team`` and ``operations``: where the subject works, and on what.
    ``as_at``: only what was known at that time (aware UTC); None means now.
    ``grants`` count until they expire, by ``now`` (aware UTC); without it none counts. ``rules`` None: the shipped ones.
    """

    subject: str
    organisation: str
    clearance: Marking
    purpose: Purpose | None
    compartments: frozenset[str] = field(default_factory=frozenset[str])
    law_enforcement: bool = True
    may_read_conditional: bool = False
    as_at: datetime | None = None
    team: str = ""
    operations: frozenset[str] = field(default_factory=frozenset[str])
    grants: tuple[Grant, ...] = ()
    now: datetime | None = None
    rules: RuleSet | None = field(default=None, repr=False)
