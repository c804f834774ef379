"""Identity over the API: read by readers, decided by reviewers, run by loaders; each under audit.

What the caller may not see is as what is not there.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.errors import ProblemError, not_found
from api.identity import pairs, review, service
from api.identity.schemas import (
    DecidedBody,
    IdentityHistoryBody,
    JoinIn,
    JudgementIn,
    MembershipBody,
    PairBody,
    QueueBody,
    ReasonIn,
    RunIn,
    RunsBody,
    SplitIn,
    TypeName,
)
from api.identity.shapes import decided_body
from api.jobs.request import asked_by
from api.jobs.schemas import JobBody
from api.jobs.service import shape
from api.openapi import Tag, describe
from api.reading import Access, Loader, Reader, Reviewer
from api.schemas import Uid, UidQuery
from graphcore.errors import LedgerError, ValueRefusedError
from graphcore.evidence.ledger.errors import UnknownKeyError
from graphcore.identity.review import Band, PairState, QueueFilter

router = APIRouter(prefix="/v1/identity", tags=[Tag.IDENTITY])
DecisionId = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{1,80}$",
        description="Name of a decision or run.",
        examples=["run-20260301T1200Z-a1"],
    ),
]
Wanted = Annotated[PairState | None, Query(alias="state", description="Left out: of any state.")]
YAML = "application/yaml"


@router.get("/queue", **describe("listReviewQueue", Role.READER, answer=QueueBody))
def list_queue(  # noqa: PLR0913, PLR0917 -- a filter each
    access: Reader,
    entity_type: Annotated[TypeName | None, Query(alias="type")] = None,
    source: Annotated[str, Query(max_length=100)] = "",
    band: Annotated[Band | None, Query()] = None,
    wanted_state: Wanted = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Pairs that a person has to look at, those first on which most hangs."""
    question = {"type": entity_type, "source": source, "band": band, "state": wanted_state, "limit": limit}
    start = access.services.cursors.offset(cursor, access.subject, question)
    read = access.read("identity.queue", question)
    with access.heavy():
        wanted = QueueFilter(entity_type or "", source, band, wanted_state)
        found, total = review.queue_page(read.evidence, wanted, start, limit)
    read.entry.done(count=len(found))
    end = start + len(found)
    following = access.services.cursors.make(end, access.subject, question) if end < total else None
    return json_answer({"pairs": found, "total": total, "next": following})


@router.get("/pairs", **describe("explainPair", Role.READER, answer=PairBody, also=(409,)))
def explain_pair(access: Reader, left: UidQuery, right: UidQuery) -> Response:
    """Why two source items are one thing or not: what both sides say, what it weighs, why not."""
    read = access.read("identity.pair", {"left": left, "right": right}, (left, right))
    with _explained():
        answer = pairs.pair(_desk(access), read.evidence, left, right)
    read.entry.done(count=2)
    return json_answer(answer)


@router.post(
    "/judgements", **describe("judgePairs", Role.REVIEWER, answer=DecidedBody, status=201, also=(409,))
)
def judge_pairs(access: Reviewer, body: JudgementIn) -> Response:
    """Say of one or several pairs that they are the same, different, or that nobody can tell: one decision."""
    with _explained():
        wanted = [(pair.left, pair.right) for pair in body.pairs]
        return _decided(service.judge_pairs(_desk(access), wanted, body.verdict, body.reason))


@router.post("/joins", **describe("joinEntities", Role.REVIEWER, answer=DecidedBody, status=201, also=(409,)))
def join_entities(access: Reviewer, body: JoinIn) -> Response:
    """Make two entities one."""
    with _explained():
        return _decided(service.join_entities(_desk(access), body.left, body.right, body.reason))


@router.post(
    "/decisions/{decision_id}/confirm",
    **describe("confirmDecision", Role.REVIEWER, answer=DecidedBody, also=(409,)),
)
def confirm_decision(access: Reviewer, decision_id: DecisionId, body: ReasonIn) -> Response:
    """Let a decision take effect that somebody else proposed."""
    with _explained():
        return _decided(service.confirm_decision(_desk(access), decision_id, body.reason), 200)


@router.post(
    "/decisions/{decision_id}/undo",
    **describe("undoDecision", Role.REVIEWER, answer=DecidedBody, also=(409,)),
)
def undo_decision(access: Reviewer, decision_id: DecisionId, body: ReasonIn) -> Response:
    """Take a decision or a run back; entities are then as the other judgements make them."""
    services = access.services
    with _explained():
        moved = service.undo_identity(
            services.workspace, services.store, access.context, decision_id, reason=body.reason
        )
    return _decided(service.Decided(decision_id, moved), 200)


@router.get("/runs", **describe("listIdentityRuns", Role.READER, answer=RunsBody))
def list_runs(access: Reader) -> Response:
    """The runs of the rules, newest first; counts are of what you may see."""
    read = access.read("identity.runs", {})
    found = review.runs(read.evidence)
    read.entry.done(count=len(found))
    return json_answer({"runs": found})


@router.post("/runs", **describe("runIdentity", Role.LOADER, answer=JobBody, status=202))
def run_identity(access: Loader, body: RunIn) -> Response:
    """Compare what the sources say and join the same things; the answer is the job."""
    wanted = {"types": body.types, "learn": body.learn}
    request = {"source": "", "file": "", **wanted, **asked_by(access.context)}
    job = access.services.jobs.add("identity", access.context, request)
    access.services.worker.wake()
    return json_answer(shape(job), 202, {"Location": f"/v1/jobs/{job.id}"})


@router.get("/model", **describe("readIdentityModel", Role.READER, media={YAML: "object"}))
def read_model(access: Reader, entity_type: Annotated[TypeName, Query(alias="type")]) -> Response:
    """The model and weights of the last run over a type, as a document."""
    read = access.read("identity.model", {"type": entity_type})
    with _explained():
        document = review.model(read.evidence, entity_type)
    read.entry.done(count=1)
    return Response(document, media_type=YAML)


@router.get("/entities/{uid}", **describe("readMembership", Role.READER, answer=MembershipBody))
def read_membership(access: Reader, uid: Uid) -> Response:
    """The members of an entity, each with the judgement and decision that hold it there."""
    read = access.read("identity.show", {"uid": uid}, (uid,))
    with _explained():
        answer = review.membership(_desk(access), read.evidence, uid)
    read.entry.done(count=1, shown=[uid])
    return json_answer(answer)


@router.get(
    "/entities/{uid}/history", **describe("readIdentityHistory", Role.READER, answer=IdentityHistoryBody)
)
def read_history(access: Reader, uid: Uid) -> Response:
    """Every judgement ever made on the members of an entity, with undone ones, oldest first."""
    read = access.read("identity.history", {"uid": uid}, (uid,))
    with _explained():
        answer = review.history(read.evidence, uid)
    read.entry.done(count=1, shown=[uid])
    return json_answer(answer)


@router.post(
    "/entities/{uid}/split",
    **describe("splitEntity", Role.REVIEWER, answer=DecidedBody, status=201, also=(409,)),
)
def split_entity(access: Reviewer, uid: Uid, body: SplitIn) -> Response:
    """Part some members from an entity; the others stay one."""
    with _explained():
        return _decided(service.split_entity(_desk(access), uid, body.out, body.reason))


def _desk(access: Access) -> service.Desk:
    return service.Desk(access.services.workspace, access.services.store, access.context)


def _decided(done: service.Decided, status: int = 201) -> Response:
    return json_answer(decided_body(done), status)


@contextmanager
def _explained() -> Generator[None]:
    """Refusals that repeat nothing of what was sent."""
    try:
        yield
    except UnknownKeyError as error:
        raise not_found() from error
    except ValueRefusedError as error:
        raise ProblemError(422, "type", "Only things of one type can be the same.") from error
    except LedgerError as error:
        raise ProblemError(
            409,
            "state",
            "Not possible: it stands no more, is one already, is your own proposal, or names too much.",
        ) from error
