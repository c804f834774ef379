"""Rows, alerts and usage as plain values: the same for the API and the command line."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from graphcore.audit import AuditLog, AuditRow
from graphcore.audit.alerts import RaisedAlert
from graphcore.audit.usage import Total, UsageReport, Use

BY: Mapping[str, Callable[[Use], str]] = {
    "subject": lambda use: use.subject,
    "purpose": lambda use: use.purpose or "none given",
    "operation": lambda use: use.operation,
    "action": lambda use: use.action,
    "day": lambda use: use.day,
}


def row_body(audit: AuditLog, row: AuditRow) -> dict[str, object]:
    """One row with its question opened."""
    event = row.event
    return {
        "seq": row.seq,
        "at": row.at,
        "phase": event.phase,
        "entry": event.entry,
        "operation": event.operation,
        "action": event.action,
        "subject": event.subject,
        "organisation": event.organisation,
        "purpose": event.purpose,
        "reason": event.reason,
        "reference": event.reference,
        "question": audit.question(row),
        "entities": event.entities,
        "recipients": event.recipients,
        "gateway": event.gateway,
        "status": event.status,
        "count": event.count,
        "sent_bytes": event.sent_bytes,
        "digest": row.digest.hex(),
    }


def alert_body(alert: RaisedAlert) -> dict[str, object]:
    """An alert, open or settled."""
    return {**asdict(alert), "open": alert.is_open}


def usage_body(report: UsageReport) -> dict[str, object]:
    """The report with its totals."""
    return {
        "since": report.since,
        "until": report.until,
        "asked": report.asked,
        "totals": {name: [_total(total) for total in report.totals(key)] for name, key in BY.items()},
        "uses": [asdict(use) for use in report.uses],
        "events": [
            {"action": action, "status": status, "count": count}
            for (action, status), count in report.events.items()
        ],
    }


def _total(total: Total) -> dict[str, object]:
    return {"name": total.name, "asked": total.asked, "hits": total.hits, "hit_rate": total.hit_rate}
