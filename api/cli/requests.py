"""``ocb request``: what one can ask for, and requests with their answers. The holder of the files sees every request."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import CliState, access_context, opened, reason_of, state_of
from api.errors import ProblemError
from api.requests.book import RequestBook
from api.requests.deconflict import Stance
from api.requests.model import DetailRequest, State
from api.requests.schemas import Enquiry
from api.requests.service import disclosure, owned, pointers, told, words_of
from graphcore.access import AccessContext
from graphcore.audit import Operation, Status
from graphcore.audit.log import utc_now
from graphcore.schema import EntityType
from graphcore.workspace import Workspace

group = typer.Typer(
    help="Requests for detail: find, open, list, answer, refuse, escalate, operation.", no_args_is_help=True
)
Id = Annotated[str, typer.Argument(help="As `ocb request list` shows it.")]
Uid = Annotated[str, typer.Option("--uid", help="An entity.")]
Type = Annotated[EntityType | None, typer.Option("--type", help="With --value.")]
Value = Annotated[str, typer.Option("--value", help="A key, exactly: a registration mark, a number.")]
_LISTED = ("id", "about", "organisation", "state", "asked_by", "asked_at", "due_at", "question")


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="request")


@contextmanager
def _book(state: CliState) -> Generator[tuple[Workspace, RequestBook, AccessContext]]:
    with opened(state) as workspace:
        book = RequestBook(workspace.folder, utc_now)
        try:
            yield workspace, book, access_context(state, workspace)
        except ProblemError as error:
            raise CommandError(error.detail) from error
        finally:
            book.close()


@group.command()
def find(context: typer.Context, uid: Uid = "", kind: Type = None, value: Value = "") -> None:
    """Whether somebody has something that you may not see, and whom to ask."""
    state = state_of(context)
    enquiry = Enquiry(uid=uid, type=kind, value=value)
    with _book(state) as (workspace, _, who):
        asked = {"about": words_of(enquiry)}
        with workspace.audit.entry(who, Operation.CONSULTATION, "pointer.find", asked) as entry:
            found = told(pointers(workspace, who, enquiry))
            entry.done(count=len(found))
    if state.json:
        emit_json({"pointers": found})
        return
    rows = [[one[name] or "" for name in ("pointer", "answers", "organisation", "contact")] for one in found]
    table(f"{len(found)} to ask", ("pointer", "answers", "organisation", "contact"), rows)


@group.command("open")
def open_(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    pointer: Annotated[str, typer.Option("--pointer", help="As `ocb request find` shows it.")],
    uid: Uid = "",
    kind: Type = None,
    value: Value = "",
) -> None:
    """Ask the owner behind a pointer for detail."""
    state = state_of(context)
    enquiry = Enquiry(uid=uid, type=kind, value=value)
    with _book(state) as (workspace, book, who):
        asked = {"about": words_of(enquiry), "pointer": pointer, "question": question}
        with workspace.audit.entry(who, Operation.CONSULTATION, "request.open", asked) as entry:
            found = pointers(workspace, who, enquiry).get(pointer)
            if found is None:
                raise CommandError("there is no such pointer for you: `ocb request find` shows them")
            made = book.ask(who, found, words_of(enquiry), question)
            entry.done(count=1)
    _show(state, made, "waits for its owner")


@group.command("list")
def list_(
    context: typer.Context,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only what is neither answered nor refused.")
    ] = False,
) -> None:
    """Requests, newest first, with their times."""
    state = state_of(context)
    with (
        _book(state) as (workspace, book, who),
        workspace.audit.entry(who, Operation.CONSULTATION, "request.list", {"waiting": waiting}) as entry,
    ):
        found = [owned(one, utc_now()) for one in book.all() if not (waiting and one.closed)]
        entry.done(count=len(found))
    if state.json:
        emit_json({"requests": found})
    else:
        table(f"{len(found)} requests", _LISTED, [[one[name] for name in _LISTED] for one in found])


@group.command()
def answer(
    context: typer.Context,
    request_id: Id,
    text: Annotated[str, typer.Argument(help="What its asker is told.")],
    gateway: Annotated[str, typer.Option("--gateway", help="Legal gateway of the disclosure.")],
) -> None:
    """Answer a request: a disclosure to its asker under a legal gateway."""
    state = state_of(context)
    if not gateway.strip() or not text.strip():
        raise CommandError("an answer needs a text and a legal gateway (--gateway)")
    with _book(state) as (workspace, book, who):
        request = _of(book, request_id)
        entry = workspace.audit.begin(who, disclosure(request, text, gateway))
        try:
            made = book.step(request, State.ANSWERED, by=who.subject, text=text, gateway=gateway)
        except ProblemError:
            entry.close(Status.FAILED)
            raise
        entry.done(count=1, shown=[request.uid])
        entry.close()
    _show(state, made, "is answered")


@group.command()
def refuse(context: typer.Context, request_id: Id) -> None:
    """Refuse a request; its asker reads --reason."""
    _step(state_of(context), request_id, State.REFUSED)


@group.command()
def escalate(context: typer.Context, request_id: Id) -> None:
    """Hand a request up with --reason; it can still be answered or refused."""
    _step(state_of(context), request_id, State.ESCALATED)


@group.command()
def operation(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Operation.")],
    silent: Annotated[
        bool, typer.Option("--silent", help="Nobody is told of it (as before it was opened).")
    ] = False,
    contact: Annotated[str, typer.Option("--contact", help="Whom others may call.")] = "",
) -> None:
    """Let others that look at the same nominal be told of an operation, or silence it; say why with --reason."""
    state = state_of(context)
    why = reason_of(state)
    with _book(state) as (workspace, book, who):
        asked = {"operation": name, "open": not silent, "why": why}
        with workspace.audit.entry(who, Operation.ACCESS, "operation.declare", asked) as entry:
            book.deconfliction.declare(
                Stance(name, who.organisation, not silent, contact), by=who.subject, reason=why
            )
            entry.done(count=1)
    if state.json:
        emit_json({"operation": name, "open": not silent, "contact": contact})
    else:
        say(f"operation {name} is {'silent' if silent else 'open to notices'}")


def _step(state: CliState, request_id: str, to: State) -> None:
    why = reason_of(state)
    with _book(state) as (workspace, book, who):
        request = _of(book, request_id)
        asked: Mapping[str, object] = {"request": request_id, "why": why}
        with workspace.audit.entry(
            who, Operation.CONSULTATION, f"request.{to}", asked, (request.uid,)
        ) as entry:
            made = book.step(request, to, by=who.subject, text=why)
            entry.done(count=1)
    _show(state, made, f"is {to}")


def _of(book: RequestBook, request_id: str) -> DetailRequest:
    found = next((one for one in book.all() if one.id == request_id), None)
    if found is None:
        raise CommandError("there is no such request: `ocb request list` shows them")
    return found


def _show(state: CliState, made: DetailRequest, what: str) -> None:
    if state.json:
        emit_json(owned(made, utc_now()))
    else:
        say(f"request {made.id} {what}; due {made.due_at:%Y-%m-%d}")
