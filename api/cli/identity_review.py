"""``ocb identity queue``, ``explain`` and ``judge``: pairs that a person has to look at."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any, cast

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import CliState, access_context, consulting, current_store, opened, reason_of, state_of
from api.identity import pairs, review
from api.identity.service import Decided, Desk, confirm_decision, judge_pairs
from api.identity.shapes import decided_body
from graphcore.identity.judgement import Verdict
from graphcore.identity.review import Band, PairState, QueueFilter

ANY = "any"
Item = Annotated[str, typer.Argument(help="Id of a source item, as `queue` and `show` give it.")]


def register(group: typer.Typer) -> None:
    """Add the sub-commands to ``ocb identity``."""
    for command in (queue, explain, judge):
        group.command()(command)


@contextmanager
def desk(state: CliState) -> Generator[Desk]:
    """Where the person at the keyboard decides."""
    with opened(state) as workspace:
        yield Desk(workspace, current_store(state, workspace), access_context(state, workspace))


def told(state: CliState, done: Decided) -> None:
    """Say what a decision did."""
    body = cast("dict[str, Any]", decided_body(done))
    if state.json:
        emit_json(body)
        return
    if done.waits:
        say(
            f"{done.decision}: proposed; a second person has to confirm it: ocb identity confirm {done.decision}"
        )
        return
    say(
        f"{done.decision}: {body['origins']:,} source items moved; undo with: ocb identity undo {done.decision}"
    )
    if body["note"]:
        say(f"{len(body['held_back'])} pairs {body['note']}")


def confirmed(place: Desk, decision: str, reason: str) -> Decided:
    """Confirm what somebody else proposed."""
    return confirm_decision(place, decision, reason)


def queue(  # noqa: PLR0913, PLR0917 -- a filter each
    context: typer.Context,
    entity_type: Annotated[str, typer.Option("--type", help="Only pairs of this entity type.")] = "",
    source: Annotated[str, typer.Option("--source", help="Only pairs with an item of this source.")] = "",
    band: Annotated[str, typer.Option("--band", help=f"{', '.join(Band)} or any.")] = ANY,
    wanted: Annotated[str, typer.Option("--state", help=f"{', '.join(PairState)} or any.")] = PairState.OPEN,
    start: Annotated[int, typer.Option("--from", min=0, help="Leave out so many.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000)] = 30,
) -> None:
    """Pairs that a person has to look at, those first on which most hangs."""
    if wanted not in {*PairState, ANY} or band not in {*Band, ANY}:
        raise CommandError(f"--state is one of {', '.join(PairState)}, any; --band of {', '.join(Band)}, any")
    chosen = QueueFilter(
        entity_type, source, None if band == ANY else Band(band), None if wanted == ANY else PairState(wanted)
    )
    state, query = state_of(context), {"type": entity_type, "source": source, "band": band, "state": wanted}
    with opened(state) as workspace, consulting(state, workspace, "identity.queue", {**query}) as read:
        found, total = review.queue_page(read.evidence, chosen, start, limit)
        read.entry.done(count=len(found))
    if state.json:
        emit_json({"pairs": found, "total": total})
        return
    rows = [_row(cast("dict[str, Any]", one)) for one in found]
    heads = ("type", "left", "right", "score", "effect", "state", "left id", "right id")
    table(f"{len(rows):,} of {total:,} pairs", heads, rows)


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    left, right = one["left"], one["right"]
    names = [f"{end['name']} ({end['source']} {end['reference']})" for end in (left, right)]
    ids = left["origin"], right["origin"]
    return one["entity_type"], *names, one["score"] or 0.0, one["effect"], one["state"], *ids


def explain(context: typer.Context, left: Item, right: Item) -> None:
    """Why two source items are one thing or not: what both sides say, what it weighs, why not."""
    state = state_of(context)
    with (
        desk(state) as place,
        consulting(state, place.workspace, "identity.pair", {"left": left, "right": right}) as read,
    ):
        answer = cast("dict[str, Any]", pairs.pair(place, read.evidence, left, right))
        read.entry.done(count=2)
    if state.json:
        emit_json(answer)
        return
    table(f"{answer['entity_type']}: what both say", ("property", "left", "right"), _said(answer))
    explained = answer["explanation"]
    if explained is not None:
        table("what it weighs, in bits", ("compared", "how it came out", "bits"), _bars(explained))
        say(f"{explained['bits']:+.1f} bits; joined without asking above {explained['auto']:+.1f}")
    for line in (*answer["warnings"], *answer["why_not"]):
        say(f"- {line}")


def _said(answer: dict[str, Any]) -> list[tuple[object, ...]]:
    sides = [_values(answer[side]["records"]) for side in ("left", "right")]
    return [
        (name, *("; ".join(side.get(name, ())) for side in sides)) for name in sorted({*sides[0], *sides[1]})
    ]


def _values(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for one in records:
        for name, values in one["properties"].items():
            found.setdefault(name, {}).update(dict.fromkeys(map(str, values)))
    return {name: [*values] for name, values in found.items()}


def _bars(explained: dict[str, Any]) -> list[tuple[object, ...]]:
    return [(line["feature"], line["level"], float(line["bits"])) for line in explained["lines"]]


def judge(
    context: typer.Context,
    left: Item,
    right: Item,
    same: Annotated[bool, typer.Option("--same", help="They are one thing.")] = False,
    different: Annotated[bool, typer.Option("--different", help="They are two.")] = False,
    unsure: Annotated[bool, typer.Option("--unsure", help="Nobody can tell.")] = False,
) -> None:
    """Decide on a pair; --reason says why and is kept. `ocb identity undo` takes it back."""
    state = state_of(context)
    chosen = [name for name, given in (("same", same), ("different", different), ("unsure", unsure)) if given]
    if len(chosen) != 1:
        raise CommandError("give one of --same, --different and --unsure")
    with desk(state) as place:
        told(state, judge_pairs(place, [(left, right)], Verdict(chosen[0]), reason_of(state)))
