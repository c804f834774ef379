"""Full-text search: FTS5 finds visible records that hold every word, ``ranking`` orders what was found.

The vocabulary, from which near words are taken, knows the words of hidden records too. Every word within the allowed
edits is asked for, without a count that hidden words could use up, and a hidden record never passes the view's filter:
so hidden words change nothing in an answer.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter

from graphcore.store.embedded.statements import SEARCH
from graphcore.store.embedded.visibility import Parameters, json_list_or_null
from graphcore.store.query import SearchQuery
from graphcore.store.ranking import MATCH_BOUND, TextQuery, edits_allowed, near_words


class Vocabulary:
    """The words of the full-text index by length, read again when the graph has changed."""

    def __init__(self) -> None:
        self._held: tuple[int, Mapping[int, list[str]]] = (-1, {})

    def near(self, connection: sqlite3.Connection, word: str) -> list[str]:
        """Words within the edits allowed for ``word``."""
        edits = edits_allowed(word)
        if not edits:
            return []
        by_length = self._by_length(connection)
        lengths = range(len(word) - edits, len(word) + edits + 1)
        return near_words(word, [term for length in lengths for term in by_length.get(length, ())])

    def _by_length(self, connection: sqlite3.Connection) -> Mapping[int, list[str]]:
        row = connection.execute("SELECT value FROM graph_state WHERE name = 'version'").fetchone()
        version = row[0] if row else 0
        if self._held[0] != version:
            by_length: dict[int, list[str]] = {}
            for (term,) in connection.execute("SELECT term FROM graph_vocabulary"):
                by_length.setdefault(len(term), []).append(term)
            self._held = (version, by_length)
        return self._held[1]


def ranked(
    connection: sqlite3.Connection, visible: Parameters, query: SearchQuery, vocabulary: Vocabulary
) -> tuple[list[tuple[float, str]], bool]:
    """Visible matches as (likeness, uid), likest first, and whether all were looked at."""
    asked = TextQuery.of(query.text, fuzzy=query.fuzzy, synonyms=query.synonyms)
    if not asked.words:
        return [], True
    parameters = {
        **visible,
        "match": _match(connection, asked, vocabulary),
        "types": json_list_or_null(query.types),
    }
    found: list[tuple[float, str]] = []
    for uid, rows in groupby(connection.execute(SEARCH, parameters), itemgetter(0)):
        # a phrase that the index found across two values is no match
        texts = [text for _, text in rows if not asked.alternatives or asked.matches(text)]
        if not texts:
            continue
        if len(found) == MATCH_BOUND:
            return _in_order(found), False
        found.append((max(asked.score(text) for text in texts), uid))
    return _in_order(found), True


def _in_order(found: Iterable[tuple[float, str]]) -> list[tuple[float, str]]:
    return sorted(found, key=lambda hit: (-hit[0], hit[1]))


def _match(connection: sqlite3.Connection, asked: TextQuery, vocabulary: Vocabulary) -> str:
    """All words, each as a beginning or as one of the near words; nothing in it is syntax but what stands here."""
    groups: list[str] = []
    for typed, phrases in asked.groups():
        each: list[str] = []
        for word in typed:
            near = vocabulary.near(connection, word) if asked.fuzzy else []
            each.append(" OR ".join([f"{_quoted(word)}*", *map(_quoted, near)]))
        whole = " AND ".join(f"({words})" for words in each)
        others = [_quoted(" ".join(phrase)) for phrase in phrases]
        groups.append(" OR ".join([f"({whole})", *others]) if others else whole)
    return " AND ".join(f"({group})" for group in groups)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
