"""``ocb graph occurrences``: the single calls, messages or reads behind a link that counts them."""

from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import reading, state_of
from api.entities.occurrences import MOST, body, occurrences
from api.errors import ProblemError


def show(
    context: typer.Context,
    lid: Annotated[str, typer.Argument(help="Id of a link, as `ocb search` and paths show it.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=MOST)] = 100,
) -> None:
    """Each event of a link by time: its values, and the file and row that say so."""
    state = state_of(context)
    with reading(state, "link.occurrences", {"lid": lid, "limit": limit}) as read:
        try:
            _, found, more = occurrences(read, lid, limit)
        except ProblemError as error:
            raise CommandError("nothing of that id that you may see: `ocb path` shows links") from error
    if state.json:
        emit_json({"lid": lid, "occurrences": [body(one) for one in found], "more": more})
        return
    lines = [
        (
            one.at.isoformat(sep=" ", timespec="seconds"),
            one.reference,
            ", ".join(f"{name}={value}" for name, value in one.values.items()),
            one.source,
            one.file,
            one.row,
            "" if one.counts else "said twice",
        )
        for one in found
    ]
    table(
        f"{len(found):,} events of {lid}", ("time", "reference", "values", "source", "file", "row", ""), lines
    )
    if more:
        say("there are more: raise --limit")
