"""Terms of the shared lexicon: a canonical word with its variants, in a named list. Frozen values without I/O.

Within one list a phrase (folded: no case, no diacritics, no punctuation) belongs to one term, so coding never has to choose.
A lexicon's hash is made of its terms alone: equal hashes are equal words, whatever the version is called.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import orjson

from graphcore.errors import GraphcoreError
from graphcore.store.ranking import words

PHRASE_MAX: Final = 200
VARIANTS_MAX: Final = 500
WORDS_MAX: Final = 12
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")


class LexiconError(GraphcoreError):
    """A term, a list or a lexicon file breaks the rules; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term. ``list_name`` and ``id`` name it; ``source`` says where it was read, or that it is belief."""

    list_name: str
    id: str
    word: str
    variants: tuple[str, ...] = ()
    category: str = ""
    note: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        """``list.id``, for example ``drugs.cocaine``."""
        return f"{self.list_name}.{self.id}"

    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """The word and its variants as folded words, each once, the word first."""
        return tuple(dict.fromkeys(words(phrase) for phrase in (self.word, *self.variants)))

    def as_row(self) -> dict[str, object]:
        """The content as plain values."""
        return {
            "id": self.id,
            "word": self.word,
            "variants": list(self.variants),
            "category": self.category,
            "note": self.note,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class ListInfo:
    """What a list is; ``source`` says where its words come from."""

    name: str
    title: str
    source: str


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All lists at one version. Make it with :func:`make_lexicon`, which holds it to the rules."""

    version: str
    lists: Mapping[str, ListInfo]
    terms: tuple[Term, ...]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the terms: the same words give the same hash on every machine."""
        rows = [[term.list_name, term.as_row()] for term in self.terms]
        return hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @cached_property
    def phrases(self) -> Mapping[str, Mapping[tuple[str, ...], Term]]:
        """By list: folded phrase to its term."""
        found: dict[str, dict[tuple[str, ...], Term]] = {name: {} for name in self.lists}
        for term in self.terms:
            for phrase in term.phrases():
                found[term.list_name][phrase] = term
        return found

    def named(self) -> str:
        """Version and the beginning of the hash, as batches keep it."""
        return f"{self.version} {self.hash[:16]}"

    def of(self, list_name: str) -> tuple[Term, ...]:
        """The terms of one list by id.

        Raises:
            LexiconError: there is no such list.
        """
        self.require(list_name)
        return tuple(term for term in self.terms if term.list_name == list_name)

    def code(self, list_name: str, text: str) -> Term | None:
        """The term that a text as a whole stands for, None where the list does not know it."""
        return self.phrases[list_name].get(words(text))

    def require(self, list_name: str) -> None:
        """Refuse a list that is not there.

        Raises:
            LexiconError: there is no such list.
        """
        if list_name not in self.lists:
            raise LexiconError(f"no list {list_name!r} in the lexicon: there are {', '.join(self.lists)}")


def make_lexicon(version: str, lists: Iterable[ListInfo], terms: Iterable[Term]) -> Lexicon:
    """A lexicon of these terms, ordered by list and id.

    Raises:
        LexiconError: terms that break a rule; every fault is named.
    """
    known = {info.name: info for info in sorted(lists, key=lambda info: info.name)}
    ordered = sorted(terms, key=lambda term: (term.list_name, term.id))
    faults = [fault for term in ordered for fault in term_faults(term, known)]
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    ids: set[str] = set()
    for term in ordered:
        if term.key in ids:
            faults.append(f"{term.key}: stands there twice")
        ids.add(term.key)
        for phrase in term.phrases():
            other = seen.setdefault((term.list_name, phrase), term.id)
            if other != term.id:
                faults.append(f"{term.key}: {' '.join(phrase)!r} belongs to {term.list_name}.{other} already")
    if faults:
        raise LexiconError("the lexicon has faults:\n" + "\n".join(faults))
    return Lexicon(version, known, tuple(ordered))


def term_faults(term: Term, lists: Mapping[str, ListInfo]) -> list[str]:
    """What is wrong with a term on its own."""
    faults: list[str] = []
    if term.list_name not in lists:
        faults.append(f"no list {term.list_name!r}: there are {', '.join(lists)}")
    if not _ID.fullmatch(term.id):
        faults.append(f"{term.key}: an id has lower-case letters, digits, _ and -, at most 80")
    if len(term.variants) > VARIANTS_MAX:
        faults.append(f"{term.key}: more than {VARIANTS_MAX} variants")
    for phrase in (term.word, *term.variants):
        if not 1 <= len(words(phrase)) <= WORDS_MAX or len(phrase) > PHRASE_MAX or not phrase.isprintable():
            faults.append(
                f"{term.key}: a word or variant has 1 to {WORDS_MAX} words, at most {PHRASE_MAX} characters"
            )
            break
    if any(len(text) > 2_000 or "\x00" in text for text in (term.category, term.note, term.source)):
        faults.append(f"{term.key}: category, note and source have at most 2,000 characters each")
    return faults
