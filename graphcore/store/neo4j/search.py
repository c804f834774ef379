"""Full-text search: Lucene finds candidates, the rules shared by all backends decide what matches and how well.

Words reach Lucene folded to letters and digits, so no character of a question can be query syntax.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from graphcore.model.graph import Entity
from graphcore.store.neo4j.connection import Connection
from graphcore.store.neo4j.steps import sorted_or_none
from graphcore.store.port import SearchHit, SearchPage
from graphcore.store.query import SearchQuery
from graphcore.store.ranking import MATCH_BOUND, TextQuery, edits_allowed

LONG: Final = 15


def search_page(
    connection: Connection,
    query: SearchQuery,
    view: Mapping[str, Any],
    load: Callable[[Sequence[str]], tuple[Entity, ...]],
) -> SearchPage:
    """One page of visible matches by (score descending, uid)."""
    asked = TextQuery.of(query.text, fuzzy=query.fuzzy, synonyms=query.synonyms)
    if not asked.words:
        return SearchPage((), 0)
    scored, complete = _matches(connection, query, asked, view)
    ranked = sorted(scored, key=lambda item: (-item[0], item[1]))[query.offset : query.offset + query.limit]
    entities = {entity.uid: entity for entity in load([uid for _, uid in ranked])}
    hits = tuple(SearchHit(entities[uid], score) for score, uid in ranked if uid in entities)
    return SearchPage(hits, len(scored), complete)


def _matches(
    connection: Connection, query: SearchQuery, asked: TextQuery, view: Mapping[str, Any]
) -> tuple[list[tuple[float, str]], bool]:
    scored: list[tuple[float, str]] = []
    rows = connection.stream("read/search", words=lucene(asked), types=sorted_or_none(query.types), **view)
    with closing(rows):
        for row in rows:
            texts = [text for text in row["texts"] if asked.matches(text)]
            if not texts:
                continue
            if len(scored) == MATCH_BOUND:
                return scored, False
            scored.append((max(asked.score(text) for text in texts), str(row["uid"])))
    return scored, True


def lucene(asked: TextQuery) -> str:
    """The question in Lucene's syntax: each word begins a word, or is within its edits of one; all must hold.

    Edits are written as patterns. Lucene's own fuzzy term stops at the fifty nearest words of the index, so words of
    hidden records could push visible ones out. What it finds may be more than what matches, never less.
    """
    groups: list[str] = []
    for typed, phrases in asked.groups():
        whole = " AND ".join(f"({' OR '.join(_word(word, fuzzy=asked.fuzzy))})" for word in typed)
        others = [f"({' AND '.join(phrase)})" for phrase in phrases]
        groups.append(f"({' OR '.join([f'({whole})', *others])})" if others else whole)
    return " AND ".join(groups)


def _word(word: str, *, fuzzy: bool) -> list[str]:
    edits = edits_allowed(word) if fuzzy else 0
    found = [f"{word}*"]
    if edits == 1:
        found.append(f"/{_one_edit(word)}/")
    elif edits and len(word) < LONG:
        # two edits leave a place between them: one at most on either side of it
        found += [f"/({_one_edit(word[:at])})({_one_edit(word[at:])})/" for at in range(len(word) + 1)]
    elif edits:
        # an edit touches two of five pieces at most (a swap across their border), so one piece stays whole
        size = -(-len(word) // 5)
        found += [f"/.*{word[at : at + size]}.*/" for at in range(0, len(word), size)]
    return found


def _one_edit(word: str) -> str:
    """A pattern of every text within one edit of a word, which may be empty."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = [f"{head}.?{tail[1:]}" for head, tail in cuts if tail]
    found += [f"{head}.{tail}" for head, tail in cuts if tail]
    found += [f"{head}{tail[1]}{tail[0]}{tail[2:]}" for head, tail in cuts if len(tail) > 1]
    return "|".join([*found, f"{word}.?"])
