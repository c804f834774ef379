"""Full-text search over what the reader may see."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import json_answer
from api.auth.model import Role
from api.openapi import Tag, describe
from api.reading import Reader
from api.search import service
from api.search.schemas import SearchBody
from graphcore.schema import EntityType
from graphcore.store.query import SearchQuery

router = APIRouter(prefix="/v1", tags=[Tag.SEARCH])


@router.get("/search", **describe("search", Role.READER, answer=SearchBody))
def search(  # noqa: PLR0913, PLR0917  (a parameter of the question each)
    access: Reader,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=500,
            description="Words; nothing in them is syntax.",
            examples=["car wash"],
        ),
    ],
    type: Annotated[list[EntityType] | None, Query(max_length=20, description="Only these types.")] = None,  # noqa: A002  the field's word
    fuzzy: Annotated[bool, Query(description="Forgive small misspellings.")] = True,
    expand: Annotated[
        bool, Query(description="Also find synonyms and variants of the lexicon; `added` says which.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
) -> Response:
    """Entities whose name, number or other search field holds all words, most alike first."""
    types = sorted({kind.value for kind in type}) if type else None
    question = {"q": q, "type": types, "fuzzy": fuzzy, "expand": expand, "as_at": access.context.as_at}
    offset = access.services.cursors.offset(cursor, access.subject, question)
    read = access.read("search", question)
    query = SearchQuery(q, frozenset(types) if types else None, fuzzy, limit, offset)
    return json_answer(service.page(access, read, query, question, expanded=expand))
