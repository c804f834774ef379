"""The part of a ledger that says who may see what: views, grants, how records are held, pointers."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from graphcore.access.context import AccessContext
from graphcore.access.needs import NeedsOf
from graphcore.access.policy import under
from graphcore.access.rules import RuleSet
from graphcore.evidence.ledger.database import Database
from graphcore.evidence.ledger.grants import GrantBook
from graphcore.evidence.ledger.holdings import Holdings
from graphcore.evidence.ledger.pointers import Pointers
from graphcore.evidence.ledger.register import SourceRegister
from graphcore.evidence.ledger.view import EvidenceView
from graphcore.model.ids import IdMaker


class Permitting:
    """The part of :class:`Ledger` that access is decided with."""

    _database: Database
    _clock: Callable[[], datetime]
    _rules: RuleSet | None
    _needs_of: NeedsOf
    _ids: IdMaker

    def view(self, context: AccessContext) -> EvidenceView:
        """The evidence as ``context`` may read it.

        Raises:
            AccessDeniedError: the context has no subject or no purpose.
        """
        return EvidenceView(self._database, under(self._rules, context), self._needs_of, self._ids)

    @cached_property
    def grants(self) -> GrantBook:
        """Who was given what access, by whom and until when."""
        return GrantBook(self._database, self._clock)

    @property
    def holdings(self) -> Holdings:
        """How single records are held: retention and pointers."""
        return Holdings(self._database, self._clock)

    def pointers(self, context: AccessContext) -> Pointers:
        """What ``context`` is told of, though it may not see it.

        Raises:
            AccessDeniedError: the context has no subject or no purpose.
        """
        return Pointers(self._database, under(self._rules, context), self.register.current())

    @property
    def register(self) -> SourceRegister:
        """Who owns each source, and how its records are held."""
        return SourceRegister(self._database, self._clock)
