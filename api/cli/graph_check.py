"""``ocb graph check``: whether everything in the workspace is whole, and how to put right what is not."""

import typer

from api.cli.output import emit_json, progress_line, say, table
from api.cli.state import state_of
from graphcore.integrity.check import check as check_workspace


def check(context: typer.Context) -> None:
    """Hold every byte, record, link and audit row against its hash or its origin; ends with code 1 where one fails."""
    state = state_of(context)
    with progress_line(state.json) as progress:
        report = check_workspace(
            state.folder, state.store.value, lambda part: progress(f"looking at the {part}")
        )
    if state.json:
        emit_json(
            {
                "ok": report.sound,
                "findings": [{"part": f.part, "said": f.said, "advice": f.advice} for f in report.findings],
                "looked_at": list(report.looked_at),
                "skipped": dict(report.skipped),
            }
        )
    else:
        for part, why in report.skipped:
            say(f"not looked at: {part} ({why})")
        if report.sound:
            say(f"whole: {', '.join(report.looked_at)}")
        else:
            rows = [(found.part, found.said, found.advice) for found in report.findings]
            table(f"{len(rows)} things are wrong", ("part", "what", "what to do"), rows)
    if not report.sound:
        raise typer.Exit(1)
