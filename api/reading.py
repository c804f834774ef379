"""How an endpoint comes to data: role, purpose, intent row in the audit log, and only then a view.

``reader`` and its like are the only dependencies that hand out access; a view exists only behind a begun audit entry.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime

from api.auth.model import Principal, Role
from api.errors import ProblemError
from api.rates import HEAVY
from api.read import Read
from api.wiring import Services
from graphcore.access import AccessContext, Purpose, PurposeCode
from graphcore.audit import Ask, AuditEntry, Operation, Status
from graphcore.errors import RulesFaultError

MAX_REASON = 500
PURPOSES = tuple(code.value for code in PurposeCode if code is not PurposeCode.SYSTEM)


@dataclass(frozen=True, slots=True)
class Access:
    """A principal with the role and the purpose that its route asks for; nothing has been read yet."""

    principal: Principal
    context: AccessContext
    services: Services
    _entries: list[AuditEntry]

    @property
    def subject(self) -> str:
        """Name of the account."""
        return self.context.subject

    def begin(self, ask: Ask) -> AuditEntry:
        """Write the intent row; the outcome row follows when the answer has been sent.

        Raises:
            AuditError: the row could not be written: answered 503.
        """
        entry = self.services.audit.begin(self.context, ask)
        self._entries.append(entry)
        return entry

    def read(
        self,
        action: str,
        query: Mapping[str, object],
        entities: Sequence[str] = (),
        *,
        recipients: Sequence[str] = (),
        gateway: str = "",
    ) -> Read:
        """Begin a consultation and open the views on graph and evidence.

        Where ``recipients`` are named it is a disclosure, and ``gateway`` is its legal ground.
        """
        operation = Operation.DISCLOSURE if recipients else Operation.CONSULTATION
        entry = self.begin(Ask(action, query, operation, tuple(entities), tuple(recipients), gateway))
        try:
            view = self.services.store.view(self.context)
            return Read(self.context, view, entry, lambda: self.services.workspace.ledger.view(self.context))
        except RulesFaultError as error:
            self.services.audit.note(self.subject, "policy", Status.REFUSED, reason=str(error))
            raise

    def heavy(self) -> AbstractContextManager[None]:
        """A turn for a question that takes long, which costs ten times a plain one.

        Raises:
            ProblemError: the subject has asked too much; nothing has been read then.
        """
        self.services.rates.take(self.subject, HEAVY)
        return self.services.fairness.turn(self.subject)


def purpose_of(request: Request, principal: Principal) -> Purpose | None:
    """From the headers; for a browser session else the one given at sign-in."""
    code = request.headers.get("x-purpose", "")
    if not code:
        return principal.purpose
    reason = request.headers.get("x-purpose-reason", "").strip()
    operation = request.headers.get("x-operation", "").strip()
    if code not in PURPOSES or not reason or len(reason) > MAX_REASON or len(operation) > MAX_REASON:
        return None
    return Purpose(PurposeCode(code), reason, operation)


def _access(role: Role | None, *, purpose: bool) -> Callable[..., Awaitable[Access]]:
    async def access(
        request: Request,
        as_at: Annotated[
            AwareDatetime | None, Query(description="Only what was known at that time; left out: now.")
        ] = None,
    ) -> Access:
        services: Services = request.app.state.services
        principal: Principal = request.state.principal
        services.rates.take(principal.account.name)
        given = purpose_of(request, principal)
        context = principal.account.context(given, as_at)
        if role is not None and role not in principal.account.profile.roles:
            await run_in_threadpool(services.audit.note, context.subject, "role", Status.REFUSED, reason=role)
            raise ProblemError(403, "role", "Your account does not have the role that this address needs.")
        if purpose and given is None:
            await run_in_threadpool(services.audit.note, context.subject, "purpose", Status.REFUSED)
            raise ProblemError(
                403, "purpose", f"Say why you read: X-Purpose ({', '.join(PURPOSES)}) and X-Purpose-Reason."
            )
        admitted = services.workspace.admit_at_hand(context)
        if admitted is None:
            admitted = await run_in_threadpool(services.workspace.admit, context)
        return Access(principal, admitted, services, request.state.audit)

    return access


def _access_now(role: Role | None, *, purpose: bool) -> Callable[..., Awaitable[Access]]:
    inner = _access(role, purpose=purpose)

    async def access(request: Request) -> Access:
        return await inner(request)

    return access


Reader = Annotated[Access, Depends(_access(Role.READER, purpose=True))]
Loader = Annotated[Access, Depends(_access_now(Role.LOADER, purpose=True))]
Reviewer = Annotated[Access, Depends(_access_now(Role.REVIEWER, purpose=True))]
Admin = Annotated[Access, Depends(_access_now(Role.ADMIN, purpose=False))]
Auditor = Annotated[Access, Depends(_access_now(Role.AUDITOR, purpose=True))]
Supervisor = Annotated[Access, Depends(_access_now(Role.SUPERVISOR, purpose=True))]
Owner = Annotated[Access, Depends(_access_now(Role.OWNER, purpose=True))]
Anyone = Annotated[Access, Depends(_access_now(None, purpose=False))]
