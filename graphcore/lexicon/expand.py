"""A search with the synonyms and spelling variants of its words, and which words were added and why.

Nothing is taken away: what is found without is found with it. A phrase of several words counts only where its words stand
side by side.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from graphcore.lexicon.matcher import TermMatcher
from graphcore.lexicon.model import Lexicon
from graphcore.store.query import SearchQuery
from graphcore.store.ranking import words

ADDED_MAX: Final = 40  # phrases added for one typed phrase: further ones are left out, and the answer says so


@dataclass(frozen=True, slots=True)
class Added:
    """What one typed phrase was widened to. ``left_out``: how many more its terms know."""

    typed: str
    words: tuple[str, ...]
    terms: tuple[str, ...]
    left_out: int = 0


def expand(
    lexicon: Lexicon, query: SearchQuery, lists: Iterable[str] | None = None
) -> tuple[SearchQuery, tuple[Added, ...]]:
    """The query with its synonyms, and what was added, in order of the text.

    Raises:
        LexiconError: a list that is not there.
    """
    wanted = None if lists is None else tuple(lists)
    for name in wanted or ():
        lexicon.require(name)
    synonyms: list[tuple[str, tuple[str, ...]]] = []
    added: list[Added] = []
    for match in TermMatcher.of(lexicon, wanted).find(query.text):
        typed = query.text[match.start : match.end]
        folded = words(typed)
        others = {
            phrase: " ".join(phrase) for term in match.terms for phrase in term.phrases() if phrase != folded
        }
        found = sorted(others.values())
        if not found or any(known.typed == typed for known in added):
            continue
        kept = tuple(found[:ADDED_MAX])
        synonyms.append((" ".join(folded), kept))
        added.append(Added(typed, kept, tuple(term.key for term in match.terms), len(found) - len(kept)))
    return replace(query, synonyms=tuple(synonyms)), tuple(added)
