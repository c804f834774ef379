"""Finds terms in a text: one pass from left to right, whole words, the longest phrase first, no overlap.

A tree of words, not of letters: a step is one dictionary look-up a word, nothing in a term or a text is ever syntax, and
the time grows with the text alone. Case, diacritics and punctuation do not count.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from graphcore.lexicon.model import Lexicon, Term
from graphcore.store.ranking import WORD_CHARS, words

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019\u02bc][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Match:
    """``text[start:end]`` stands for each of ``terms`` (of one list each, in order of list)."""

    start: int
    end: int
    terms: tuple[Term, ...]


@dataclass(slots=True)
class _Node:
    after: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    terms: tuple[Term, ...] = ()


class TermMatcher:
    """The terms of some lists, ready to be looked for. Safe to share between threads."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._root = _Node()
        for term in sorted(terms, key=lambda term: term.key):
            for phrase in term.phrases():
                node = self._root
                for word in phrase:
                    node = node.after.setdefault(word, _Node())
                node.terms = (*node.terms, term)

    @classmethod
    def of(cls, lexicon: Lexicon, lists: Iterable[str] | None = None) -> "TermMatcher":
        """A matcher of some lists; None: of all. The same question again gives the same matcher."""
        return _matcher(lexicon, None if lists is None else frozenset(lists))

    def find(self, text: str) -> Iterator[Match]:
        """The matches in order of place."""
        tokens = [
            (word, found.start(), found.end())
            for found in _TOKEN.finditer(text)
            for word in _folded(found[0])
        ]
        at = 0
        while at < len(tokens):
            size, terms = self._longest(tokens, at)
            if size:
                yield Match(tokens[at][1], tokens[at + size - 1][2], terms)
            at += size or 1

    def _longest(self, tokens: list[tuple[str, int, int]], at: int) -> tuple[int, tuple[Term, ...]]:
        node, size, terms = self._root, 0, tuple[Term, ...]()
        for place in range(at, len(tokens)):
            following = node.after.get(tokens[place][0])
            if following is None:
                break
            node = following
            if node.terms:
                size, terms = place - at + 1, node.terms
        return size, terms


def _folded(token: str) -> tuple[str, ...]:
    """As ``words``; the plain case, which nearly all are, without its price."""
    return (token.replace("'", "").lower()[:WORD_CHARS],) if token.isascii() else words(token)


@lru_cache(maxsize=16)
def _matcher(lexicon: Lexicon, lists: frozenset[str] | None) -> TermMatcher:
    return TermMatcher(term for term in lexicon.terms if lists is None or term.list_name in lists)
