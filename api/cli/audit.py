"""``ocb audit``: whether the log is whole."""

import typer

from api.cli.output import emit_json, say
from api.cli.state import opened, state_of

group = typer.Typer(help="The audit log: verify.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="audit")


@group.command()
def verify(context: typer.Context) -> None:
    """Check the whole chain against its signed checkpoint; ends with code 1 where something is wrong."""
    state = state_of(context)
    with opened(state) as workspace:
        report = workspace.audit.verify()
    if state.json:
        emit_json(
            {
                "ok": report.sound,
                "rows": report.rows,
                "problems": list(report.problems),
                "unknown_outcome": len(report.unknown_outcomes),
            }
        )
    else:
        say(
            f"{report.rows:,} rows, "
            + ("chain verified" if report.sound else "DAMAGED: " + "; ".join(report.problems))
        )
    if not report.sound:
        raise typer.Exit(1)
