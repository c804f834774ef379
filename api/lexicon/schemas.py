"""Shapes of the lexicon."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Body
from graphcore.lexicon import Term

Phrase = Annotated[str, Field(min_length=1, max_length=200)]
Why = Annotated[str, Field(min_length=1, max_length=1_000, examples=["Operation Larkspur, item 4"])]
ListName = Annotated[str, Field(min_length=1, max_length=60, examples=["drugs"])]
TermId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,80}$", examples=["cocaine"])]


class TermBody(BaseModel):
    """A term: its word, and what else stands for it."""

    id: str
    word: str
    variants: list[str]
    category: str
    note: str
    source: str


class ListBody(BaseModel):
    """A list of the lexicon."""

    name: str
    title: str
    source: str
    terms: int


class LexiconBody(BaseModel):
    """All lists at one version; ``hash`` is that of the words alone."""

    version: str
    hash: str
    lists: list[ListBody]


class TermsBody(BaseModel):
    """The terms of one list by id."""

    list_name: str
    version: str
    hash: str
    terms: list[TermBody]


class ChangeBody(BaseModel):
    """One change: who, when and why."""

    number: int
    action: str
    list_name: str
    term: TermBody
    changed_by: str
    changed_at: str
    why: str


class HistoryBody(BaseModel):
    """Changes, oldest first."""

    changes: list[ChangeBody]


class TermIn(Body):
    """A term to add, or a new edition of the one with its id."""

    list_name: ListName
    id: TermId
    word: Phrase
    variants: Annotated[tuple[Phrase, ...], Field(max_length=500)] = ()
    category: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2_000)] = ""
    source: Annotated[str, Field(max_length=2_000)] = ""
    why: Why

    def term(self) -> Term:
        """The term that is meant."""
        return Term(self.list_name, self.id, self.word, self.variants, self.category, self.note, self.source)


class WithdrawalIn(Body):
    """A term to take out of use."""

    list_name: ListName
    id: TermId
    why: Why


class ImportIn(BaseModel):
    """A lexicon file of another force, as its text."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=8_000_000)]
    why: Why


class VersionBody(BaseModel):
    """The version that follows from a change."""

    version: str
    hash: str
    changed: int
