"""The lexicon as YAML: the lists that ship with the platform, and the one file by which forces share theirs.

A file is read as plain texts (no tags, anchors or aliases; ``no`` is the word no). A shared file carries version and hash;
one whose hash does not fit its words was changed on the way and is refused.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graphcore.lexicon.model import Lexicon, LexiconError, ListInfo, Term, make_lexicon

SHIPPED_VERSION: Final = "1"
FILE_MAX: Final = 8 << 20
DEPTH_MAX: Final = 8
Text = Annotated[str, Field(max_length=2_000)]
_M = TypeVar("_M", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TermWords(_Strict):
    """A term as a file gives it."""

    id: Text
    word: Text
    variants: list[Text] = []
    category: Text = ""
    note: Text = ""
    source: Text = ""


class ListWords(_Strict):
    """A list as a file gives it."""

    title: Text
    source: Text = ""
    terms: list[TermWords] = []


class LexiconWords(_Strict):
    """A shared file."""

    lexicon: Annotated[str, Field(pattern="^1$")]
    version: Text
    hash: Text = ""
    lists: dict[str, ListWords]


class _PlainLoader(yaml.BaseLoader):
    """Every scalar is a text; aliases, which can blow a small file up, are refused."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """See PyYAML; counts how deep it is."""
        if self.check_event(yaml.AliasEvent):  # pyright: ignore[reportUnknownMemberType]  (PyYAML has no types here)
            raise yaml.YAMLError("aliases are not allowed")
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise yaml.YAMLError("nested too deep")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


@cache
def shipped() -> Lexicon:
    """The lexicon that ships with the platform."""
    lists: list[ListInfo] = []
    terms: list[Term] = []
    for path in sorted((files("graphcore.lexicon") / "lists").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".yaml"):
            name = path.name.removesuffix(".yaml")
            words = _checked(ListWords, path.read_text(encoding="utf-8"), path.name)
            lists.append(ListInfo(name, words.title, words.source))
            terms += [replace(term, source=term.source or words.source) for term in _terms(name, words)]
    return make_lexicon(SHIPPED_VERSION, lists, terms)


def read_shared(name: str, text: str) -> Lexicon:
    """A shared file as a lexicon.

    Raises:
        LexiconError: no lexicon file, one with faults, or one whose hash does not fit its words.
    """
    words = _checked(LexiconWords, text, name)
    lists = [ListInfo(key, part.title, part.source) for key, part in words.lists.items()]
    terms = [term for key, part in words.lists.items() for term in _terms(key, part)]
    read = make_lexicon(words.version, lists, terms)
    if words.hash and words.hash != read.hash:
        raise LexiconError(
            f"{name}: its words do not fit its hash: it was changed after export. Ask for it anew, or take the line "
            "`hash` out if you changed it yourself."
        )
    return read


def write_shared(lexicon: Lexicon) -> str:
    """A lexicon as one file; equal lexicons give equal texts."""
    lists = {
        name: {"title": info.title, "source": info.source, "terms": [_row(term) for term in lexicon.of(name)]}
        for name, info in lexicon.lists.items()
    }
    whole = {"lexicon": "1", "version": lexicon.version, "hash": lexicon.hash, "lists": lists}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=120)


def _row(term: Term) -> dict[str, object]:
    return {name: value for name, value in term.as_row().items() if value}


def _terms(name: str, words: ListWords) -> Iterable[Term]:
    for term in words.terms:
        yield Term(name, term.id, term.word, tuple(term.variants), term.category, term.note, term.source)


def _checked(model: type[_M], text: str, name: str) -> _M:
    if len(text.encode("utf-8")) > FILE_MAX:
        raise LexiconError(f"{name}: larger than {FILE_MAX >> 20} MiB: a lexicon is a short text")
    try:
        values = yaml.load(text, Loader=_PlainLoader)  # noqa: S506  (gives texts, lists and dictionaries alone)
    except (yaml.YAMLError, RecursionError) as error:
        raise LexiconError(f"{name}: not YAML, or YAML with aliases or too deep: {_where(error)}") from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise LexiconError(f"{name}: {where}: {first['msg']}") from error


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else str(error).splitlines()[0]
