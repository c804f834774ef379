"""``ocb ingest suggestions``: names that texts seem to say, for a person to accept, to join to an entity, or to reject."""

from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import access_context, current_store, opened, state_of
from api.ingest.shapes import suggestion_body
from graphcore.audit import Operation
from graphcore.evidence.suggestion import SuggestionState

part = typer.Typer(help="Names found in free text: list, accept, reject.", no_args_is_help=True)
ANY = "any"


def register(group: typer.Typer) -> None:
    """Add the sub-commands to ``ocb ingest``."""
    group.add_typer(part, name="suggestions")


@part.command("list")
def list_suggestions(
    context: typer.Context,
    state: Annotated[str, typer.Option("--state", help="open, accepted, linked, rejected or any.")] = "open",
    after: Annotated[
        str | None, typer.Option("--after", help="Go on behind the suggestion of this id.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000)] = 50,
) -> None:
    """The suggestions that you may see, oldest first."""
    if state != ANY and state not in set(SuggestionState):
        raise CommandError(f"--state is not one of {', '.join([*SuggestionState, ANY])}")
    options = state_of(context)
    with opened(options) as workspace:
        who = access_context(options, workspace)
        with workspace.audit.entry(
            who, Operation.CONSULTATION, "ingest.suggestions", {"state": state}
        ) as entry:
            wanted = None if state == ANY else SuggestionState(state)
            view = workspace.ledger.view(who)
            last = view.suggestion(after) if after is not None else None
            if after is not None and last is None:
                raise CommandError("--after names no suggestion that you may see: list them from the start")
            found = view.suggestions(wanted, after=last.number if last else 0, limit=limit)
            entry.done(count=len(found))
    if options.json:
        emit_json({"suggestions": [suggestion_body(one) for one in found]})
        return
    rows = [(s.suggestion_id, s.state, s.kind or "?", s.label, s.document, s.excerpt) for s in found]
    table("suggestions", ("id", "state", "kind", "name", "document", "text around"), rows)


@part.command()
def accept(
    context: typer.Context,
    suggestion: Annotated[str, typer.Argument(metavar="ID")],
    entity_type: Annotated[
        str, typer.Option("--type", help="What it is: Person, Business, Location, Organisation, ...")
    ] = "",
    entity: Annotated[str, typer.Option("--entity", help="The entity (uid) that the text means.")] = "",
    why: Annotated[str, typer.Option("--why", help="Kept with the decision.")] = "",
) -> None:
    """Make the name an entity that its document mentions, or say which entity it means."""
    if bool(entity_type) == bool(entity):
        raise CommandError("give either --type, for a new entity, or --entity, for one that is there")
    options = state_of(context)
    with opened(options) as workspace:
        who = access_context(options, workspace)
        query: dict[str, object] = {"suggestion": suggestion, "type": entity_type, "entity": entity}
        with workspace.audit.entry(who, Operation.ALTERATION, "ingest.suggestion.accept", query) as entry:
            view, book = workspace.ledger.view(who), workspace.ledger.suggestions
            if entity:
                book.link(view, suggestion, entity, by=who.subject, reason=why)
            else:
                book.accept(view, suggestion, entity_type, by=who.subject, reason=why)
            current_store(options, workspace)
            entry.done(count=1)
    _told(options.json, suggestion, SuggestionState.LINKED if entity else SuggestionState.ACCEPTED)


@part.command()
def reject(
    context: typer.Context,
    suggestion: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option("--why", help="Kept with the decision.")] = "",
) -> None:
    """Say that it is no name that matters; it may still be accepted later."""
    options = state_of(context)
    with opened(options) as workspace:
        who = access_context(options, workspace)
        query: dict[str, object] = {"suggestion": suggestion}
        with workspace.audit.entry(who, Operation.ALTERATION, "ingest.suggestion.reject", query) as entry:
            workspace.ledger.suggestions.reject(
                workspace.ledger.view(who), suggestion, by=who.subject, reason=why
            )
            entry.done(count=1)
    _told(options.json, suggestion, SuggestionState.REJECTED)


def _told(as_json: bool, suggestion: str, state: SuggestionState) -> None:
    if as_json:
        emit_json({"suggestion": suggestion, "state": state})
    else:
        say(f"{suggestion}: {state}")
