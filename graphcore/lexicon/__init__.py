"""The shared lexicon: versioned lists of terms with their variants, a matcher, and search expansion."""

from graphcore.lexicon.expand import Added, expand
from graphcore.lexicon.files import read_shared, shipped, write_shared
from graphcore.lexicon.matcher import Match, TermMatcher
from graphcore.lexicon.model import Lexicon, LexiconError, ListInfo, Term, make_lexicon

__all__ = [
    "Added",
    "Lexicon",
    "LexiconError",
    "ListInfo",
    "Match",
    "Term",
    "TermMatcher",
    "expand",
    "make_lexicon",
    "read_shared",
    "shipped",
    "write_shared",
]
