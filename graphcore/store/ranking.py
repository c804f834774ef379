"""What search means, on every backend: folding, words, the edits a word may be away, and likeness.

A backend finds candidates by its own index; whether a record's text matches, and how like it is, is decided by what
stands here. One record's visible text must hold every word of the question. No count or rank of other records enters, so
hidden records change nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from graphcore.model.graph import Value
from graphcore.schema import SCHEMA

MATCH_BOUND = (
    5_000  # visible matches that are ranked: the first by uid; past it a page says that it is not complete
)
WORDS_MAX = 32
WORD_CHARS = 64  # longer words are cut: indexes refuse immense terms
VALUE_CHARS = 20_000

# optional marks of Latin, Hebrew and Arabic writing; the vowel signs of Indic scripts are letters and stay
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670]+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u0060\u00b4]+")
# letters with a stroke and the like: Unicode does not decompose them (the last one is the dotless i)
_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "\u0131": "i"}
)
_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_INDIC = "\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff"
_WORD = re.compile(f"[{_IDEOGRAPH}]|(?:[^\\W_{_IDEOGRAPH}]|[{_INDIC}])+")


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded: no case, no diacritics, no punctuation; each ideograph is a word."""
    cut = text[:VALUE_CHARS]
    if not cut.isascii():
        cut = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", cut).casefold()))
        cut = cut.translate(_UNDECOMPOSED)
    return tuple(word[:WORD_CHARS] for word in _WORD.findall(_APOSTROPHES.sub("", cut.lower())))


def search_text(entity_type: str, caption: str, properties: Mapping[str, Sequence[Value]]) -> str:
    """The text by which one assertion is found: caption and the schema's search properties, folded, one value a line."""
    spec = SCHEMA.entities.get(entity_type)
    values = [caption, *(str(v) for name in (spec.search if spec else ()) for v in properties.get(name, ()))]
    folded = (" ".join(words(value)) for value in values)
    return "\n".join(dict.fromkeys(line for line in folded if line))


def edits_allowed(word: str) -> int:
    """How many edits a word may be away: 1 from 4 letters, 2 from 8; none for shorter ones and for numbers."""
    if len(word) < 4 or any(letter.isnumeric() for letter in word):
        return 0
    return 1 if len(word) < 8 else 2


def near_words(word: str, vocabulary: Iterable[str]) -> list[str]:
    """Words of ``vocabulary`` within the edits allowed (insert, delete, change, swap of neighbours), ascending."""
    limit = edits_allowed(word)
    if not limit:
        return []
    found = process.extract(word, list(vocabulary), scorer=OSA.distance, score_cutoff=limit, limit=None)
    return sorted(str(choice) for choice, _, _ in found)


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A question in words: what :class:`SearchQuery.text` means. No words: nothing matches."""

    words: tuple[str, ...]
    fuzzy: bool

    @classmethod
    def of(cls, text: str, *, fuzzy: bool) -> "TextQuery":
        """The distinct words of ``text``, the first 32 of them."""
        return cls(tuple(dict.fromkeys(words(text)))[:WORDS_MAX], fuzzy)

    def matches(self, text: str) -> bool:
        """True if ``text`` (of :func:`search_text`) holds every word, a word it begins, or one within the edits."""
        tokens = set(text.split())
        return bool(self.words) and all(self._holds(tokens, word) for word in self.words)

    def _holds(self, tokens: set[str], word: str) -> bool:
        if any(token.startswith(word) for token in tokens):
            return True
        return self.fuzzy and bool(near_words(word, tokens))

    def score(self, text: str) -> float:
        """Likeness 0 to 100 of the question to the likest line of ``text``: half for words shared, half for the whole."""
        asked = " ".join(self.words)
        scores = (
            (fuzz.token_set_ratio(asked, line) + fuzz.token_sort_ratio(asked, line)) / 2
            for line in text.split("\n")
        )
        return round(max(scores, default=0.0), 4)
