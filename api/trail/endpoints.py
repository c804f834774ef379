"""The audit log, for auditors alone. Reading it is logged like everything else."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.openapi import Tag, describe
from api.reading import Auditor
from api.trail.schemas import TrailAnswer, VerifyAnswer
from graphcore.audit import Ask, AuditLog, AuditRow, Operation

router = APIRouter(prefix="/v1/audit", tags=[Tag.AUDIT])


@router.get("/rows", **describe("readAuditRows", Role.AUDITOR, answer=TrailAnswer))
def read_rows(
    access: Auditor,
    after: Annotated[int, Query(ge=0, le=2**53, description="Only rows with a higher number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """Rows in order, with the wording of questions."""
    entry = access.begin(Ask("audit.read", {"after": after, "limit": limit}, Operation.ACCESS))
    audit = access.services.audit
    rows = audit.rows(after, limit)
    entry.done(count=len(rows))
    return json_answer(
        {"rows": [_row(audit, row) for row in rows], "next": rows[-1].seq if len(rows) == limit else None}
    )


@router.get("/verify", **describe("verifyAudit", Role.AUDITOR, answer=VerifyAnswer))
def verify(access: Auditor) -> Response:
    """Check the whole chain against its signed end."""
    own = access.begin(Ask("audit.verify", {}, Operation.ACCESS))
    audit = access.services.audit
    with access.heavy():
        report = audit.verify()
    signed = audit.checkpoint() if report.sound else None
    return json_answer(
        {
            "sound": report.sound,
            "rows": report.rows,
            "problems": report.problems,
            "unknown_outcomes": [entry for entry in report.unknown_outcomes if entry != own.id],
            "checkpoint": {"seq": signed.seq, "digest": signed.digest} if signed else None,
        }
    )


def _row(audit: AuditLog, row: AuditRow) -> dict[str, object]:
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
        "status": event.status,
        "count": event.count,
        "sent_bytes": event.sent_bytes,
        "digest": row.digest.hex(),
    }
