"""What search means, on every backend: folding, words, the edits a word may be away, and likeness.

A backend finds candidates by its own index; whether a record's text matches, and how like it is, is decided by what
stands here. One record's visible text must hold every word of the question. No count or rank of other records enters, so
hidden records change nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
    folded = map(_line, dict.fromkeys(values))
    return "\n".join(dict.fromkeys(line for line in folded if line))


@lru_cache(maxsize=64)  # the records of one entity mostly say the same, one behind the other
def _line(value: str) -> str:
    return " ".join(words(value))


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


Phrase = tuple[str, ...]
SYNONYM_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Alternative:
    """A run of the question's words, from ``start`` on, and the phrases that may stand in its place."""

    start: int
    length: int
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A question in words: what :class:`SearchQuery.text` means. No words: nothing matches."""

    words: tuple[str, ...]
    fuzzy: bool
    alternatives: tuple[Alternative, ...] = ()

    @classmethod
    def of(cls, text: str, *, fuzzy: bool, synonyms: Sequence[tuple[str, Sequence[str]]] = ()) -> "TextQuery":
        """The distinct words of ``text``, the first 32 of them, with what may stand in place of some."""
        asked = tuple(dict.fromkeys(words(text)))[:WORDS_MAX]
        found = (_alternative(asked, words(typed), others) for typed, others in synonyms)
        return cls(asked, fuzzy, _apart(alternative for alternative in found if alternative is not None))

    def groups(self) -> tuple[tuple[Phrase, tuple[Phrase, ...]], ...]:
        """The parts that must all hold: words as typed (each on its own terms), and phrases that do as well."""
        out: list[tuple[Phrase, tuple[Phrase, ...]]] = []
        at = 0
        for alternative in self.alternatives:
            out += [((word,), ()) for word in self.words[at : alternative.start]]
            at = alternative.start + alternative.length
            out.append((self.words[alternative.start : at], alternative.phrases))
        return (*out, *(((word,), ()) for word in self.words[at:]))

    def matches(self, text: str) -> bool:
        """True if ``text`` (of :func:`search_text`) holds every word, a word it begins, or one within the edits."""
        tokens = set(text.split())
        return bool(self.words) and all(
            all(self._holds(tokens, word) for word in typed) or _holds_phrase(text, phrases)
            for typed, phrases in self.groups()
        )

    def _holds(self, tokens: set[str], word: str) -> bool:
        if any(token.startswith(word) for token in tokens):
            return True
        return self.fuzzy and bool(near_words(word, tokens))

    def score(self, text: str) -> float:
        """Likeness 0 to 100 of the question to the likest line of ``text``: half for words shared, half for the whole."""
        best = _likeness(" ".join(self.words), text)
        for alternative in self.alternatives:
            head, tail = self.words[: alternative.start], self.words[alternative.start + alternative.length :]
            for phrase in alternative.phrases:
                if _holds_phrase(text, (phrase,)):
                    asked = " ".join((*head, *phrase, *tail))
                    best = max(best, round(_likeness(asked, text) * SYNONYM_SHARE, 4))
        return best


def _alternative(asked: Phrase, typed: Phrase, others: Sequence[str]) -> Alternative | None:
    """None where the phrase does not stand in the question as a run (a word of it came before, and counts once)."""
    size = len(typed)
    starts = [at for at in range(len(asked) - size + 1) if size and asked[at : at + size] == typed]
    phrases = tuple(dict.fromkeys(phrase for other in others if (phrase := words(other))))
    return Alternative(starts[0], size, phrases) if starts and phrases else None


def _apart(found: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """In order of place, without those that reach into the one before."""
    kept: list[Alternative] = []
    for alternative in sorted(found, key=lambda one: (one.start, -one.length)):
        if not kept or alternative.start >= kept[-1].start + kept[-1].length:
            kept.append(alternative)
    return tuple(kept)


def _holds_phrase(text: str, phrases: Iterable[Phrase]) -> bool:
    """True if one line of ``text`` has one of the phrases as whole words side by side."""
    lines = [f" {line} " for line in text.split("\n")]
    return any(f" {' '.join(phrase)} " in line for phrase in phrases for line in lines)


def _likeness(asked: str, text: str) -> float:
    scores = (
        (fuzz.token_set_ratio(asked, line) + fuzz.token_sort_ratio(asked, line)) / 2
        for line in text.split("\n")
    )
    return round(max(scores, default=0.0), 4)
