"""Pointers and requests, for the API and the command line alike.

A pointer is found anew with every use, under the asker's rights of that moment; its id is bound to the asker, so that it
says nothing to others and nothing of what is behind it.
"""

from datetime import datetime

from api.errors import ProblemError, not_found
from api.reading import Access
from api.requests.model import DetailRequest, State
from api.requests.schemas import Enquiry
from graphcore.access import AccessContext, Pointer
from graphcore.audit import Ask, Operation
from graphcore.evidence.ledger.pointers import Pointed
from graphcore.model import iso_utc
from graphcore.workspace import Workspace


def pointers(workspace: Workspace, context: AccessContext, enquiry: Enquiry) -> dict[str, Pointed]:
    """Whom one can ask, by the id that the asker is given.

    Raises:
        ProblemError: neither an id nor a type with a value is given, or both are.
    """
    named = enquiry.type is not None and bool(enquiry.value.strip())
    if bool(enquiry.uid) is named:
        raise ProblemError(422, "enquiry", "Ask about an id, or about a type and one of its keys.")
    view = workspace.ledger.pointers(context)
    found = view.on(enquiry.uid) if enquiry.type is None else view.matching(enquiry.type, enquiry.value)
    return {
        workspace.ids.token("pointer", context.subject, one.uid, one.organisation, one.compartment): one
        for one in found
    }


def told(found: dict[str, Pointed]) -> list[dict[str, object]]:
    """Pointers as their asker may see them, by id: no entity, no compartment, no number of records."""
    return [
        {
            "pointer": key,
            "answers": one.answers,
            "organisation": one.organisation if one.answers is Pointer.CONTACT else None,
            "contact": one.contact or None,
        }
        for key, one in sorted(found.items())
    ]


def words_of(enquiry: Enquiry) -> str:
    """What was asked about, in the asker's words."""
    return enquiry.uid or f"{enquiry.type} {enquiry.value.strip()}"


def ask(access: Access, enquiry: Enquiry, pointer: str, question: str) -> dict[str, object]:
    """Send a request to the owner behind a pointer.

    Raises:
        ProblemError: there is no such pointer for the asker, any more.
    """
    query: dict[str, object] = {"about": words_of(enquiry), "pointer": pointer, "question": question}
    entry = access.begin(Ask("request.open", query, Operation.CONSULTATION))
    services = access.services
    found = pointers(services.workspace, access.context, enquiry).get(pointer)
    if found is None:
        raise not_found()
    made = services.requests.ask(access.context, found, words_of(enquiry), question)
    entry.done(count=1)
    return shape(made, services.clock())


def own(access: Access, request_id: str, *, asker: bool = False) -> DetailRequest:
    """A request that the caller answers for, or (``asker``) has asked.

    Raises:
        ProblemError: there is none.
    """
    book = access.services.requests
    several = book.asked_by(access.subject) if asker else book.inbox(access.context)
    found = next((one for one in several if one.id == request_id), None)
    if found is None:
        raise not_found()
    return found


def answer(access: Access, request_id: str, text: str, gateway: str) -> dict[str, object]:
    """Answer a request: a disclosure to its asker, put down with the legal gateway before it is made."""
    request = own(access, request_id)
    entry = access.begin(disclosure(request, text, gateway))
    made = access.services.requests.step(
        request, State.ANSWERED, by=access.subject, text=text, gateway=gateway
    )
    entry.done(count=1, shown=[request.uid])
    return owned(made, access.services.clock())


def disclosure(request: DetailRequest, text: str, gateway: str) -> Ask:
    """The audit row of an answer: to whom, about which entity, under which gateway; the wording is sealed."""
    recipients = (request.asked_by, request.asker_organisation)
    query = {"request": request.id, "text": text}
    return Ask("request.answer", query, Operation.DISCLOSURE, (request.uid,), recipients, gateway)


def close(access: Access, request: DetailRequest, state: State, why: str) -> DetailRequest:
    """Refuse or escalate a request."""
    query = {"request": request.id, "why": why}
    entry = access.begin(Ask(f"request.{state}", query, Operation.CONSULTATION, (request.uid,)))
    made = access.services.requests.step(request, state, by=access.subject, text=why)
    entry.done(count=1)
    return made


def chase(access: Access, request_id: str, why: str) -> dict[str, object]:
    """Escalate one's own request, once its time has run out.

    Raises:
        ProblemError: there is none, or the owner still has time.
    """
    request = own(access, request_id, asker=True)
    if not request.overdue(access.services.clock()):
        raise ProblemError(409, "request", "The owner still has time, or has closed the request.")
    return shape(close(access, request, State.ESCALATED, why), access.services.clock())


def shape(one: DetailRequest, now: datetime) -> dict[str, object]:
    """A request as its asker sees it: the owner's name only where it was told, or once the owner has spoken."""
    spoken = one.told == Pointer.CONTACT or any(step.by != one.asked_by for step in one.steps)
    return {
        "id": one.id,
        "about": one.about,
        "organisation": one.organisation if spoken else None,
        "question": one.question,
        "state": one.state,
        "asked_at": iso_utc(one.asked_at),
        "due_at": iso_utc(one.due_at),
        "overdue": one.overdue(now),
        "took_s": one.took_s(),
        "steps": [
            {"state": s.state, "by": s.by, "at": iso_utc(s.at), "text": s.text, "gateway": s.gateway}
            for s in one.steps
        ],
    }


def owned(one: DetailRequest, now: datetime) -> dict[str, object]:
    """A request as its owner sees it."""
    asker = ("uid", "asked_by", "asker_organisation", "asker_team", "purpose", "reason", "operation")
    return {
        **shape(one, now),
        "organisation": one.organisation,
        **{name: getattr(one, name) for name in asker},
    }
