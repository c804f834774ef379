"""Suggestions over the API: names found in free text, listed to readers, decided on by loaders, each under audit.

What the caller may not see is as what is not there.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.errors import ProblemError, not_found
from api.ingest.shapes import suggestion_body
from api.openapi import Tag, describe
from api.read import Read
from api.reading import Access, Loader, Reader
from api.schemas import UID_PATTERN, Body
from graphcore.audit import Ask, Operation
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.evidence.suggestion import SuggestionState

router = APIRouter(prefix="/v1/ingest/suggestions", tags=[Tag.INGEST])
SuggestionId = Annotated[
    str, Path(pattern="^[a-z2-7]{24}$", description="Id of a suggestion.", examples=["a" * 24])
]
State = Annotated[Literal["open", "accepted", "linked", "rejected", "any"], Query(description="Their state.")]


class SuggestionBody(BaseModel):
    """A name that a text seems to say; characters ``first`` to ``last`` of ``field`` of the document."""

    suggestion_id: str
    rid: str
    source: str
    document: str
    field: str
    kind: str = Field(description="Person, Business or Location; empty where nothing says which.")
    label: str
    first: int
    last: int
    excerpt: str
    state: SuggestionState
    decided_by: str
    decided_at: str
    reason: str


class SuggestionList(BaseModel):
    """Suggestions, oldest first; go on with ``after`` set to the last ``suggestion_id``."""

    suggestions: list[SuggestionBody]


class Acceptance(Body):
    """What the name is: a new entity of ``type``, or the entity ``uid``. Exactly one of the two."""

    type: (
        Literal["Person", "Business", "Location", "Organisation", "OrganisedCrimeGroup", "Operation"] | None
    ) = None
    uid: str | None = Field(default=None, min_length=1, max_length=100)
    reason: str = Field(default="", max_length=500)


class Rejection(Body):
    """Why it is no name that matters."""

    reason: str = Field(default="", max_length=500)


class Decided(BaseModel):
    """A suggestion after a decision."""

    suggestion_id: str
    state: SuggestionState


@router.get("", **describe("listSuggestions", Role.READER, answer=SuggestionList))
def list_suggestions(
    access: Reader,
    state: State = "open",
    after: Annotated[
        str | None, Query(pattern=UID_PATTERN, description="Go on behind this suggestion.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """Names that visible texts seem to say, oldest first."""
    wanted = None if state == "any" else SuggestionState(state)
    read = access.read("ingest.suggestions", {"state": state})
    found = read.evidence.suggestions(wanted, after=_place(read, after), limit=limit)
    read.entry.done(count=len(found))
    return json_answer({"suggestions": [suggestion_body(one) for one in found]})


def _place(read: Read, after: str | None) -> int:
    if after is None:
        return 0
    last = read.evidence.suggestion(after)
    if last is None:
        raise not_found()
    return last.number


@router.post(
    "/{suggestion_id}/accept", **describe("acceptSuggestion", Role.LOADER, answer=Decided, also=(409,))
)
def accept_suggestion(access: Loader, suggestion_id: SuggestionId, body: Acceptance) -> Response:
    """Make the name an entity that its document mentions, or say which entity it means."""
    if (body.type is None) == (body.uid is None):
        raise ProblemError(422, "type", "Give either type, for a new entity, or uid, for one that is there.")
    query: dict[str, object] = {"suggestion": suggestion_id, "type": body.type, "entity": body.uid}
    return _decided(access, "ingest.suggestion.accept", query, body)


@router.post(
    "/{suggestion_id}/reject", **describe("rejectSuggestion", Role.LOADER, answer=Decided, also=(409,))
)
def reject_suggestion(access: Loader, suggestion_id: SuggestionId, body: Rejection) -> Response:
    """Say that it is no name that matters; it may still be accepted later."""
    return _decided(access, "ingest.suggestion.reject", {"suggestion": suggestion_id}, body)


def _decided(access: Access, action: str, query: dict[str, object], body: Acceptance | Rejection) -> Response:
    entry = access.begin(Ask(action, query, Operation.ALTERATION))
    workspace, suggestion_id = access.services.workspace, str(query["suggestion"])
    view, book = workspace.ledger.view(access.context), workspace.ledger.suggestions
    try:
        if isinstance(body, Rejection):
            book.reject(view, suggestion_id, by=access.subject, reason=body.reason)
        elif body.uid is not None:
            book.link(view, suggestion_id, body.uid, by=access.subject, reason=body.reason)
        else:
            book.accept(view, suggestion_id, body.type or "", by=access.subject, reason=body.reason)
    except UnknownKeyError as error:
        raise not_found() from error
    except ValueRefusedError as error:
        raise ProblemError(422, "type", str(error)) from error
    except LedgerError as error:
        raise ProblemError(409, "state", "It was accepted already.") from error
    workspace.projection(access.services.store).catch_up()
    entry.done(count=1)
    found = view.suggestion(suggestion_id)
    state = found.state if found else SuggestionState.OPEN
    return json_answer({"suggestion_id": suggestion_id, "state": state})
