"""``ocb audit alerts`` and ``settle``: unusual access, for supervisors."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.output import emit_json, say, table
from api.cli.state import access_context, opened, operator_of, reason_of, state_of
from api.trail.shapes import alert_body
from graphcore.audit import Operation
from graphcore.audit.alerts import Alerts


def alerts(
    context: typer.Context,
    settled: Annotated[bool, typer.Option("--all", help="Also those that are settled.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--since", help="Look through the log from this day on; left out: today."),
    ] = None,
) -> None:
    """Unusual access that nobody has settled yet: bulk, own names, watched entities, odd hours, one reason for all."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.ACCESS, "audit.alerts", {"settled": settled}) as entry:
            book = Alerts(workspace.audit, workspace.settings.unusual_access)
            raised = book.look(since.replace(tzinfo=UTC) if since else datetime.now(UTC))
            found = [one for one in reversed(book.all()) if settled or one.is_open]
            entry.done(count=len(found))
    if state.json:
        emit_json({"raised": raised, "alerts": [alert_body(one) for one in found]})
        return
    rows = [
        (
            one.id,
            one.at,
            one.kind,
            one.subject,
            one.said,
            one.count,
            one.settled_because if one.settled_at else "open",
        )
        for one in found
    ]
    table(f"{len(found):,} alerts", ("id", "at", "kind", "subject", "what", "count", "state"), rows)


def settle(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(help="Id from `ocb audit alerts`.")],
) -> None:
    """Put down what came of an alert, with --reason."""
    state = state_of(context)
    reason = reason_of(state)
    with opened(state) as workspace:
        by = operator_of(workspace).subject
        done = Alerts(workspace.audit, workspace.settings.unusual_access).settle(alert, by=by, reason=reason)
    if state.json:
        emit_json(alert_body(done))
    else:
        say(f"settled {alert}")
