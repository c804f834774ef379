"""The audit log, for auditors alone. Reading it is logged like everything else, and nobody reads their own rows."""

from collections.abc import Iterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from starlette.responses import Response, StreamingResponse

from api.answers import NDJSON, json_answer, json_line
from api.auth.model import Role
from api.openapi import Tag, describe
from api.reading import Access, Auditor
from api.trail.schemas import TrailAnswer, VerifyAnswer
from api.trail.shapes import row_body
from graphcore.audit import Ask, AuditEntry, Operation, RowFilter

router = APIRouter(prefix="/v1/audit", tags=[Tag.AUDIT])
_Word = Annotated[str, Query(max_length=200)]


def _filter(  # noqa: PLR0913, PLR0917  (a parameter of the address each)
    subject: _Word = "",
    operation: _Word = "",
    action: _Word = "",
    purpose: _Word = "",
    reference: _Word = "",
    entity: Annotated[str, Query(max_length=64, description="Id asked for or shown.")] = "",
    recipient: _Word = "",
    asked: Annotated[str, Query(max_length=200, description="Part of the wording of a question.")] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> RowFilter:
    return RowFilter(
        subject=subject, operation=operation, action=action, purpose=purpose, reference=reference, entity=entity,
        recipient=recipient, asked=asked, since=since, until=until,
    )  # fmt: skip


Filter = Annotated[RowFilter, Depends(_filter)]


@router.get("/rows", **describe("readAuditRows", Role.AUDITOR, answer=TrailAnswer))
def read_rows(
    access: Auditor,
    where: Filter,
    after: Annotated[int, Query(ge=0, le=2**53, description="Only rows with a higher number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """Rows in order, with the wording of questions; the reader's own rows are for another auditor."""
    entry = _begin(access, "audit.read", where, {"after": after, "limit": limit})
    audit = access.services.audit
    with access.heavy():
        rows = audit.rows(after, limit, _others(access, where))
    entry.done(count=len(rows))
    return json_answer(
        {"rows": [row_body(audit, row) for row in rows], "next": rows[-1].seq if len(rows) == limit else None}
    )


@router.get("/export", **describe("exportAudit", Role.AUDITOR, media={NDJSON: "string"}))
def export(access: Auditor, where: Filter) -> Response:
    """The same as a stream, one row a line; the last line has ``end``, the number of rows and the signed end of the log."""
    entry = _begin(access, "audit.export", where, {})
    return StreamingResponse(_lines(access, where, entry), media_type=NDJSON)


@router.get("/verify", **describe("verifyAudit", Role.AUDITOR, answer=VerifyAnswer))
def verify(access: Auditor) -> Response:
    """Check the whole chain against its signed ends."""
    own = access.begin(Ask("audit.verify", {}, Operation.ACCESS))
    audit = access.services.audit
    with access.heavy():
        report = audit.verify()
    return json_answer(
        {
            "sound": report.sound,
            "rows": report.rows,
            "problems": report.problems,
            "unknown_outcomes": [entry for entry in report.unknown_outcomes if entry != own.id],
            "checkpoint": orjson.loads(audit.checkpoint_line()) if report.sound else None,
        }
    )


def _begin(access: Access, action: str, where: RowFilter, more: dict[str, object]) -> AuditEntry:
    return access.begin(Ask(action, {**where.given(), **more}, Operation.ACCESS))


def _others(access: Access, where: RowFilter) -> RowFilter:
    return where.but(access.subject)


def _lines(access: Access, where: RowFilter, entry: AuditEntry) -> Iterator[bytes]:
    audit, count = access.services.audit, 0
    for row in audit.each_row(0, _others(access, where)):
        count += 1
        entry.done(count=count)
        yield json_line(row_body(audit, row))
    yield json_line({"end": True, "rows": count, "checkpoint": orjson.loads(audit.checkpoint_line())})
