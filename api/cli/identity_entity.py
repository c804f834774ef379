"""``ocb identity show``, ``history``, ``join``, ``split`` and ``model``: what an entity is made of, and changing it by hand."""

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from api.cli.identity_review import desk, told
from api.cli.output import emit_json, out, plain_lines, say, table
from api.cli.state import consulting, opened, reason_of, state_of
from api.identity import review
from api.identity.service import join_entities, split_entity

models = typer.Typer(help="The weights of the last run: show, export.", no_args_is_help=True)
Uid = Annotated[str, typer.Argument(metavar="UID", help="Id of an entity.")]
TypeOption = Annotated[str, typer.Option("--type", help="Person or Business.")]


def register(group: typer.Typer) -> None:
    """Add the sub-commands to ``ocb identity``."""
    for command in (show, history, join, split):
        group.command()(command)
    group.add_typer(models, name="model")


def show(context: typer.Context, uid: Uid) -> None:
    """The members of an entity, each with the judgement and decision that hold it there."""
    state = state_of(context)
    with desk(state) as place, consulting(state, place.workspace, "identity.show", {"uid": uid}) as read:
        answer = cast("dict[str, Any]", review.membership(place, read.evidence, uid))
        read.entry.done(count=1, shown=[uid])
    if state.json:
        emit_json(answer)
        return
    rows = [
        (one["name"], one["source"], one["reference"], one["origin"], *_why(one["held_by"]))
        for one in answer["members"]
    ]
    heads = ("name", "source", "reference", "id", "held by", "when", "score", "why", "decision")
    table(f"{answer['entity_type']} {uid}", heads, rows)


def _why(held: dict[str, Any] | None) -> tuple[object, ...]:
    if held is None:
        return "came first", "", "", "", ""
    score = "" if held["score"] is None else f"{held['score']:.3f}"
    return held["decided_by"], held["decided_at"], score, held["reason"], held["decision"]


def history(context: typer.Context, uid: Uid) -> None:
    """Every judgement ever made on the members of an entity, with undone ones, oldest first."""
    state = state_of(context)
    with opened(state) as workspace, consulting(state, workspace, "identity.history", {"uid": uid}) as read:
        answer = cast("dict[str, Any]", review.history(read.evidence, uid))
        read.entry.done(count=1, shown=[uid])
    if state.json:
        emit_json(answer)
        return
    names = ("decided_at", "verdict", "left", "right", "decided_by", "reason", "state", "decision")
    table(f"history of {uid}", names, [[one[name] for name in names] for one in answer["judgements"]])


def join(
    context: typer.Context,
    left: Uid,
    right: Annotated[str, typer.Argument(metavar="UID", help="The other entity.")],
) -> None:
    """Make two entities one; --reason says why and is kept."""
    state = state_of(context)
    with desk(state) as place:
        told(state, join_entities(place, left, right, reason_of(state)))


def split(
    context: typer.Context,
    uid: Uid,
    members: Annotated[
        list[str], typer.Option("--out", help="Id of a source item that goes; may be given more than once.")
    ],
) -> None:
    """Part members from an entity; the others stay one, and no run joins them again. --reason says why and is kept."""
    state = state_of(context)
    with desk(state) as place:
        told(state, split_entity(place, uid, members, reason_of(state)))


@models.command("show")
def show_model(context: typer.Context, entity_type: TypeOption = "Person") -> None:
    """The model and weights of the last run."""
    text = _document(context, entity_type)
    if state_of(context).json:
        emit_json({"type": entity_type, "document": text})
    else:
        out.print(plain_lines(text), markup=False, soft_wrap=True)


@models.command("export")
def export_model(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(dir_okay=False, help="File to write.")],
    entity_type: TypeOption = "Person",
) -> None:
    """Write the model and weights of the last run into a YAML file."""
    path.write_text(_document(context, entity_type), encoding="utf-8")
    if state_of(context).json:
        emit_json({"type": entity_type, "file": path.name})
    else:
        say(f"{path.name} written")


def _document(context: typer.Context, entity_type: str) -> str:
    state = state_of(context)
    with (
        opened(state) as workspace,
        consulting(state, workspace, "identity.model", {"type": entity_type}) as read,
    ):
        text = review.model(read.evidence, entity_type)
        read.entry.done(count=1)
    return text
