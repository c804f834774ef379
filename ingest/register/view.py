"""Entries of the source register as plain values. An entry in a compartment is shown to those in it alone."""

from graphcore.access import AccessContext
from graphcore.evidence.ledger.register import RegisterVersion
from graphcore.workspace import Workspace


def shape(version: RegisterVersion) -> dict[str, object]:
    """One version with all its fields."""
    entry = version.entry
    grading, code = entry.grading, entry.handling_code
    return {
        "source": version.source,
        "version": version.version,
        "organisation": entry.organisation,
        "contact": entry.contact,
        "lawful_basis": entry.lawful_basis,
        "grading": None
        if grading is None
        else {"scheme": grading.scheme, "source": grading.source, "intelligence": grading.intelligence},
        "handling": None
        if not code
        else {"scheme": entry.handling_scheme, "code": code, "conditions": list(entry.handling_conditions)},
        "marking": entry.marking,
        "compartment": entry.compartment,
        "retention_group": entry.retention_group,
        "refresh_days": entry.refresh_days,
        "note": entry.note,
        "changed_by": version.changed_by,
        "changed_at": version.changed_at.isoformat(),
        "why": version.why,
    }


def overdue_rows(workspace: Workspace, context: AccessContext) -> list[dict[str, object]]:
    """The newest versions that ``context`` may know of, with the last load and whether the next is overdue."""
    kept = workspace.ledger.register
    loads, now = kept.last_loads(), kept.now()
    rows: list[dict[str, object]] = []
    for version in kept.current():
        if version.visible_to(context):
            last = loads.get(version.source)
            late = version.overdue(last, now)
            rows.append({**shape(version), "last_load": last.isoformat() if last else None, "overdue": late})
    return rows
