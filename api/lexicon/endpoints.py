"""The shared lexicon: read by every reader, changed by loaders; each change says who, when and why."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.errors import ProblemError, not_found
from api.lexicon import service
from api.lexicon.schemas import (
    HistoryBody,
    ImportIn,
    LexiconBody,
    TermIn,
    TermsBody,
    VersionBody,
    WithdrawalIn,
)
from api.openapi import Tag, describe
from api.reading import Access, Loader, Reader
from graphcore.audit import Ask, Operation
from graphcore.evidence.ledger.lexicon import LexiconBook
from graphcore.lexicon import LexiconError, write_shared

router = APIRouter(prefix="/v1/lexicon", tags=[Tag.LEXICON])
ListPath = Annotated[str, Path(max_length=60, description="Name of a list.", examples=["drugs"])]
_YAML = "application/yaml"


@router.get("", **describe("listLexicon", Role.READER, answer=LexiconBody))
def list_lexicon(access: Reader) -> Response:
    """The lists, with version and hash of the whole."""
    return _read(access, "lexicon.lists", service.lists(_book(access).lexicon()))


@router.get("/history", **describe("readLexiconHistory", Role.READER, answer=HistoryBody))
def read_history(
    access: Reader,
    list_name: Annotated[str | None, Query(max_length=60, description="Only changes of this list.")] = None,
) -> Response:
    """Every change, oldest first: who, when and why."""
    changes = [service.change(made) for made in _book(access).changes(list_name)]
    return _read(access, "lexicon.history", {"changes": changes})


@router.get("/export", **describe("exportLexicon", Role.READER, media={_YAML: "object"}))
def export_lexicon(access: Reader) -> Response:
    """The whole lexicon as one file that another force can import."""
    entry = access.begin(Ask("lexicon.export", {}, Operation.CONSULTATION))
    lexicon = _book(access).lexicon()
    entry.done(count=len(lexicon.terms))
    return Response(write_shared(lexicon), media_type=_YAML)


@router.get("/lists/{name}", **describe("readLexiconList", Role.READER, answer=TermsBody))
def read_list(access: Reader, name: ListPath) -> Response:
    """The terms of one list."""
    lexicon = _book(access).lexicon()
    if name not in lexicon.lists:
        raise not_found()
    return _read(access, "lexicon.list", service.terms(lexicon, name))


@router.post("/terms", **describe("addLexiconTerm", Role.LOADER, answer=VersionBody, status=201))
def add_term(access: Loader, body: TermIn) -> Response:
    """Add a term, or put a new edition in place of the one with its id."""
    entry = access.begin(Ask("lexicon.add", {"list": body.list_name, "id": body.id}, Operation.ALTERATION))
    book = _book(access)
    with _explained():
        before = len(book.changes())
        made = book.add(body.term(), by=access.subject, why=body.why)
    changed = len(book.changes()) - before
    entry.done(count=changed)
    return json_answer(service.version(made, changed), 201)


@router.post("/withdrawals", **describe("withdrawLexiconTerm", Role.LOADER, answer=VersionBody, status=201))
def withdraw_term(access: Loader, body: WithdrawalIn) -> Response:
    """Take a term out of use; its history stays."""
    entry = access.begin(
        Ask("lexicon.withdraw", {"list": body.list_name, "id": body.id}, Operation.ALTERATION)
    )
    with _explained():
        made = _book(access).withdraw(body.list_name, body.id, by=access.subject, why=body.why)
    entry.done(count=1)
    return json_answer(service.version(made, 1), 201)


@router.post("/imports", **describe("importLexicon", Role.LOADER, answer=VersionBody, status=201))
def import_lexicon(access: Loader, body: ImportIn) -> Response:
    """Take in a lexicon file of another force; nothing that is here is withdrawn."""
    entry = access.begin(Ask("lexicon.import", {}, Operation.ALTERATION))
    with _explained():
        made = service.bring_in(_book(access), "the file", body.text, by=access.subject, why=body.why)
    entry.done(count=len(made))
    return json_answer(made, 201)


def _book(access: Access) -> LexiconBook:
    return access.services.workspace.ledger.lexicon


def _read(access: Access, action: str, answer: dict[str, object]) -> Response:
    access.begin(Ask(action, {}, Operation.CONSULTATION)).done(count=1)
    return json_answer(answer)


@contextmanager
def _explained() -> Generator[None]:
    """A refusal that repeats nothing of what was sent."""
    try:
        yield
    except LexiconError as error:
        raise ProblemError(
            422,
            "lexicon",
            "The lexicon does not take it: no such list or term in use, a word that belongs to another term of the "
            "list, a phrase without words, or a file that was changed after export. See GET /v1/lexicon.",
        ) from error
