"""Words in Lucene's syntax: whatever the shared rules call near must be among the candidates."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from graphcore.store.neo4j.search import lucene
from graphcore.store.ranking import TextQuery, near_words

LETTERS = st.text("abcde", min_size=4, max_size=17)


def candidates(question: str, token: str, *, fuzzy: bool = True) -> bool:
    """True if every word's clause of the question takes the token, by the rules of Lucene for ``*`` and ``/ /``."""
    clause = lucene(TextQuery.of(question, fuzzy=fuzzy))
    found = re.findall(r"/([^/]+)/|(\w+)\*", clause)
    return any(
        re.fullmatch(pattern, token) if pattern else token.startswith(prefix) for pattern, prefix in found
    )


@settings(max_examples=300, deadline=None)
@given(
    word=LETTERS,
    edits=st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from("idsx"), st.sampled_from("abz")), max_size=2
    ),
)
def test_every_near_word_is_a_candidate(word: str, edits: list[tuple[int, str, str]]) -> None:
    token = word
    for place, kind, letter in edits:
        at = place % (len(token) + 1)
        head, tail = token[:at], token[at:]
        token = {
            "i": head + letter + tail,
            "d": head + tail[1:],
            "s": head + letter + tail[1:],
            "x": head + tail[1::-1] + tail[2:],
        }[kind]
    if token and near_words(word, [token]):
        assert candidates(word, token)


def test_words_that_may_not_be_edited_are_prefixes_alone() -> None:
    assert lucene(TextQuery.of("AB12 cde", fuzzy=True)) == "(ab12*) AND (cde*)"
    assert lucene(TextQuery.of("Smith", fuzzy=False)) == "(smith*)"


def test_operators_of_lucene_are_words_like_others() -> None:
    text = lucene(TextQuery.of('NOT "a b"~2 AND (x OR y) *:* [1 TO 2] \\ /./', fuzzy=False))
    assert re.fullmatch(r"(\(\w+\*\)( AND )?)+", text)
    assert "not*" in text
    assert "[" not in text


def test_length_of_the_question_is_bounded() -> None:
    question = " ".join(
        "abcdefghijklmnopqrstuvwxyz"[n % 10 :] * 3 + "abcdefgh"[n % 8] * n for n in range(200)
    )
    assert len(lucene(TextQuery.of(question, fuzzy=True))) < 300_000
