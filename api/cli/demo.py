"""``ocb demo``: the main job on a fictional city, and what was found against what was planted."""

import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import emit_json, plain, progress_line, say, table
from api.cli.state import CliState, access_context, opened, state_of
from api.demo.run import DemoOptions, DemoResult, run_demo
from graphcore.access import AccessContext
from graphcore.settings import read_settings
from graphcore.workspace import SETTINGS, Workspace

_SETTINGS = "operator:\n  purpose: investigation\n  reason: looking around the fictional city\n"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option("--seed", help="Equal seeds make equal cities.")] = 2026,
    scale: Annotated[
        float, typer.Option("--scale", min=0.05, max=50.0, help="1 is about 20,000 entities, 100,000 links.")
    ] = 1.0,
    show: Annotated[
        bool, typer.Option("--open/--no-open", help="Open chart and report in the browser when done.")
    ] = True,
) -> None:
    """Make a fictional city with planted truth; load, resolve and analyse it; draw the chart and write the report."""
    state = state_of(context)
    with opened(state, create=True) as workspace, progress_line(state.json) as progress:
        who = demo_operator(state, workspace)
        result = run_demo(workspace, who, DemoOptions(state.store.value, seed, scale), progress)
    if state.json:
        emit_json(result.as_json())
        return
    _tell(result, state.folder)
    if show and _has_screen():
        for path in (result.chart, result.report):
            webbrowser.open(path.resolve().as_uri())


def demo_operator(state: CliState, workspace: Workspace) -> AccessContext:
    """The person at the keyboard; a new demo says in its settings what it is looked at for."""
    path = workspace.folder / SETTINGS
    if not path.exists():
        path.write_text(_SETTINGS, encoding="utf-8")
        workspace.settings = read_settings(path)
    return access_context(state, workspace)


def _tell(result: DemoResult, folder: Path) -> None:
    rows = [(name, s.read, s.loaded, s.quarantined, s.waiting) for name, s in result.loads.items()]
    table("loaded", ("file", "records read", "new", "quarantined", "waiting"), rows)
    found = [(("found" if f.ok else "NOT FOUND"), f.name, f.planted, f.found) for f in result.findings]
    table("what was planted, and what the platform found", ("", "planted", "truth", "answer"), found)
    say(f"{result.entities:,} entities and {result.links:,} links in {result.seconds:.0f} s")
    say(f"link chart:            {result.chart}")
    say(f"business-chain report: {result.report}")
    say(f"look around:           ocb --workspace {plain(folder)} serve      then http://127.0.0.1:8000")


def _has_screen() -> bool:
    """Whether opening a browser makes sense: a person at a desktop, not a build."""
    if os.environ.get("CI"):
        return False
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
