"""``ocb ingest``: load files, list sources, look at what was refused."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli import (
    ingest_batches,
    ingest_check,
    ingest_package,
    ingest_preview,
    ingest_quality,
    ingest_quarantine,
    ingest_register,
    ingest_suggestions,
)
from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import access_context, opened, state_of
from api.identity.live import match_identity
from graphcore.audit import Operation
from ingest.pipeline import load as load_source
from ingest.registry import SOURCES

group = typer.Typer(help="Load files into the ledger and the graph.", no_args_is_help=True)
for part in (
    ingest_check,
    ingest_preview,
    ingest_register,
    ingest_quarantine,
    ingest_batches,
    ingest_quality,
    ingest_suggestions,
    ingest_package,
):
    part.register(group)


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="ingest")


@group.command()
def load(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A file, or a folder of files, of this source.")],
    source: Annotated[str, typer.Option("--source", help="Name of the source: see `ocb ingest sources`.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Mapping file (YAML); the source's own where left out.")
    ] = None,
    match: Annotated[
        bool, typer.Option("--match", help="Match the new records at once: see `ocb identity match`.")
    ] = False,
) -> None:
    """Load PATH. Loading the same file again adds nothing; rows that cannot be used go to quarantine."""
    state = state_of(context)
    with opened(state, create=True) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"source": source, "file": path.name}
        with workspace.audit.entry(who, Operation.COLLECTION, "ingest.load", query) as entry:
            store = workspace.store(state.store.value)
            store.prepare()
            with progress_line(state.json) as progress:
                summary = load_source(
                    workspace, source, path, mapping=mapping, store=store, progress=progress
                )
            entry.done(count=summary.loaded)
        matched = None
        if match:
            with progress_line(state.json) as progress:
                matched = match_identity(workspace, store, who, progress)
    answer: dict[str, object] = {
        "read": summary.read,
        "loaded": summary.loaded,
        "unchanged": summary.unchanged,
        "quarantined": summary.quarantined,
        "waiting": summary.waiting,
    }
    if matched is not None:
        answer |= {"matched": matched.records, "joined": matched.moved}
    if state.json:
        emit_json({**answer, "source": source, "warnings": [*summary.warnings, *summary.unregistered]})
        return
    table(f"{source}: {path.name}", ("records", "count"), list(answer.items()))
    for warning in (*summary.warnings, *summary.unregistered):
        say(f"warning: {warning}")
    if summary.quarantined:
        say("some rows were refused: see `ocb ingest quarantine`")


@group.command()
def sources(context: typer.Context) -> None:
    """The sources that can be loaded."""
    state = state_of(context)
    rows = [(name, spec.description) for name, spec in sorted(SOURCES.items())]
    if state.json:
        emit_json({"sources": [{"name": name, "description": text} for name, text in rows]})
    else:
        table("sources", ("name", "what it reads"), rows)
