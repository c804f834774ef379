"""``ocb identity evaluate``: how well the entities fit a known truth, as figures and as curves."""

from pathlib import Path
from typing import Annotated, cast

import typer

from analytics.reports.figure_curves import curves_html, curves_svg
from analytics.resolution.curves import curves as curves_of
from analytics.resolution.evaluate import evaluate as evaluate_truth
from api.cli.charts import write
from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import consulting, opened, state_of
from graphcore.identity.book import IdentityBook

_FORMS = {".svg": curves_svg, ".html": curves_html}


def register(group: typer.Typer) -> None:
    """Add the command to ``ocb identity``."""
    group.command()(evaluate)


def evaluate(
    context: typer.Context,
    truth: Annotated[
        Path,
        typer.Option("--truth", exists=True, dir_okay=False, help="source,record_id,entity_type,entity_id"),
    ],
    curves: Annotated[
        Path | None,
        typer.Option("--curves", help="An .svg or .html file to write: the figures by score of the joins."),
    ] = None,
) -> None:
    """How well the entities fit a known truth, by entity type: pairs, B-cubed, and entities easily taken for one."""
    state = state_of(context)
    if curves is not None and curves.suffix.lower() not in _FORMS:
        raise CommandError(f"--curves must end in one of {', '.join(_FORMS)}")
    with (
        opened(state) as workspace,
        consulting(state, workspace, "identity.evaluate", {"truth": truth.name}) as read,
    ):
        standing = IdentityBook(workspace.ledger).standing()
        figures = evaluate_truth(truth, read.evidence, standing)
        drawn = curves_of(truth, read.evidence, standing) if curves is not None else {}
        read.entry.done(count=len(figures))
    if curves is not None:
        write(curves, _FORMS[curves.suffix.lower()](f"Identity against {truth.name}", drawn))
        say(f"curves written to {curves}")
    if state.json:
        emit_json(figures)
        return
    table(truth.name, ("type", "measure", "precision", "recall", "F1"), _rows(figures))
    table("easily taken for one", ("type", "class", "pairs", "joined", "keys skipped"), _hard_rows(figures))


def _rows(figures: dict[str, dict[str, object]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name, by_measure in figures.items():
        for measure in ("pairs", "bcubed"):
            values = cast("dict[str, float]", by_measure[measure])
            rows.append((name, measure, values["precision"], values["recall"], values["f1"]))
    return rows


def _hard_rows(figures: dict[str, dict[str, object]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name, by_measure in figures.items():
        for hard, counts in cast("dict[str, dict[str, int]]", by_measure["hard"]).items():
            rows.append((name, hard, counts["pairs"], counts["joined"], counts["skipped"]))
    return rows
