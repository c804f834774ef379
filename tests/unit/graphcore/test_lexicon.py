"""The lexicon: its rules, its matcher, what a search is widened by, its history and its file."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore.errors import LedgerError
from graphcore.lexicon import (
    Lexicon,
    LexiconError,
    ListInfo,
    Term,
    TermMatcher,
    expand,
    make_lexicon,
    read_shared,
    shipped,
    write_shared,
)
from graphcore.store.query import SearchQuery
from graphcore.store.ranking import TextQuery, words
from graphcore.workspace import Workspace

LISTS = (ListInfo("drugs", "Drugs", "test"), ListInfo("colours", "Colours", "test"))
BROWN = Term("drugs", "heroin", "heroin", ("brown", "gear", "H & co"))
CLEAN_BROWN = Term("drugs", "china", "fentanyl", ("china white", "brown china"))
COLOUR = Term("colours", "brown", "brown", ("brn",))


def small() -> Lexicon:
    return make_lexicon("t", LISTS, (BROWN, CLEAN_BROWN, COLOUR))


def test_shipped_lists_are_whole_and_have_sources():
    lexicon = shipped()
    assert {
        "crime_types",
        "drugs",
        "roles",
        "legal_forms",
        "street_words",
        "vehicle_words",
        "colours",
        "sectors",
    } <= set(lexicon.lists)
    assert all(term.source for term in lexicon.terms)
    assert lexicon.code("crime_types", "PWITS Class A") == lexicon.code("crime_types", "drug trafficking")
    assert lexicon.code("crime_types", "burglary of some new kind") is None
    assert len(lexicon.hash) == 64


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (
            (BROWN, Term("drugs", "other", "Gear")),
            r"'gear' belongs to drugs\.heroin already|belongs to drugs",
        ),
        ((BROWN, BROWN), "stands there twice"),
        ((Term("none", "a", "a"),), "no list 'none'"),
        ((Term("drugs", "A B", "a"),), "lower-case"),
        ((Term("drugs", "a", "!!!"),), "1 to 12 words"),
        ((Term("drugs", "a", "a", ("x" * 300,)),), "at most 200"),
        ((Term("drugs", "a", "a", note="x" * 3_000),), "2,000"),
    ],
)
def test_terms_that_break_a_rule_are_named(terms, reason):
    with pytest.raises(LexiconError, match=reason):
        make_lexicon("t", LISTS, terms)


def test_matcher_finds_whole_words_longest_first_without_overlap():
    text = "Some BROWN, brown china-white and Brownsville; h & co; bröwn"
    found = [(text[m.start : m.end], [t.key for t in m.terms]) for m in TermMatcher.of(small()).find(text)]
    assert found == [
        ("BROWN", ["colours.brown", "drugs.heroin"]),
        ("brown china", ["drugs.china"]),
        ("h & co", ["drugs.heroin"]),
        ("bröwn", ["colours.brown", "drugs.heroin"]),
    ]
    assert [m.terms[0].key for m in TermMatcher.of(small(), ["colours"]).find("brown")] == ["colours.brown"]


@given(st.text(max_size=200))
def test_matcher_never_fails_and_its_places_hold_the_phrase(text):
    end = 0
    for match in TermMatcher.of(small()).find(text):
        assert end <= match.start < match.end
        end = match.end
        assert all(words(text[match.start : match.end]) in term.phrases() for term in match.terms)


def test_matcher_time_grows_with_the_text_alone():
    matcher = TermMatcher.of(shipped())
    hostile = "china " * 20_000 + "brown " * 20_000
    started = time.perf_counter()
    list(matcher.find(hostile))
    assert time.perf_counter() - started < 10  # a backtracking pattern would not end


def test_a_term_is_never_syntax():
    odd = make_lexicon("t", LISTS, (Term("drugs", "odd", "a.*b (c"),))
    assert [m.end for m in TermMatcher.of(odd).find("axxb c a b c")] == [12]


def test_expansion_says_what_it_added_and_keeps_the_question():
    query, added = expand(small(), SearchQuery("brown van"))
    assert query.text == "brown van"
    assert query.synonyms == (("brown", ("brn", "gear", "h co", "heroin")),)
    assert [(one.typed, one.terms) for one in added] == [("brown", ("colours.brown", "drugs.heroin"))]
    assert expand(small(), SearchQuery("nothing known"))[1] == ()
    with pytest.raises(LexiconError, match="no list"):
        expand(small(), SearchQuery("x"), ["nothing"])


def test_a_synonym_matches_as_whole_words_side_by_side():
    asked = TextQuery.of("smack dealer", fuzzy=False, synonyms=(("smack", ("china white",)),))
    assert asked.matches("china white dealer")
    assert asked.matches("smack dealer")
    assert not asked.matches("china dealer white")
    assert not asked.matches("china\nwhite dealer")
    assert not asked.matches("china whiter dealer")
    assert 0 < asked.score("china white dealer") <= 90
    assert asked.score("smack dealer") == 100


def workspace(folder: Path) -> Workspace:
    return Workspace.open(folder, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC))


def test_changes_are_kept_with_who_when_and_why_and_every_version_can_be_had(tmp_path):
    with workspace(tmp_path) as opened:
        book = opened.ledger.lexicon
        first = book.lexicon()
        added = book.add(Term("drugs", "flapjack", "flapjack", ("flaps",)), by="ann", why="Larkspur 4")
        edition = book.add(Term("drugs", "flapjack", "flapjack", ("flaps", "fj")), by="bob", why="Larkspur 9")
        gone = book.withdraw("drugs", "cocaine", by="ann", why="test")
        assert (first.version, added.version, edition.version, gone.version) == ("1", "1+1", "1+2", "1+3")
        assert gone.code("drugs", "charlie") is None
        assert book.lexicon("1+2").code("drugs", "FJ") is not None
        assert book.lexicon("1").hash == first.hash == shipped().hash
        told = [
            (c.number, c.action, c.term.key, c.changed_by, c.changed_at[:10], c.why) for c in book.changes()
        ]
        assert told == [
            (1, "add", "drugs.flapjack", "ann", "2026-03-01", "Larkspur 4"),
            (2, "add", "drugs.flapjack", "bob", "2026-03-01", "Larkspur 9"),
            (3, "withdraw", "drugs.cocaine", "ann", "2026-03-01", "test"),
        ]
        assert [c.number for c in book.changes("drugs", "cocaine")] == [3]
    with workspace(tmp_path) as again:
        assert again.ledger.lexicon.lexicon().hash == gone.hash


def test_adding_what_is_there_changes_nothing_and_clashes_are_refused_whole(tmp_path):
    with workspace(tmp_path) as opened:
        book = opened.ledger.lexicon
        term = Term("drugs", "flapjack", "flapjack")
        book.add(term, by="ann", why="x")
        assert book.add(term, by="ann", why="x").version == "1+1"
        with pytest.raises(LexiconError, match="belongs to"):
            book.add_all([Term("drugs", "new", "brandnew"), Term("drugs", "zz", "smack")], by="ann", why="x")
        with pytest.raises(LexiconError, match="who changes the lexicon and why"):
            book.add(Term("drugs", "b2", "brandnew"), by="ann", why=" ")
        with pytest.raises(LexiconError, match=r"no term drugs\.nothing in use"):
            book.withdraw("drugs", "nothing", by="ann", why="x")
        with pytest.raises(LexiconError, match="no version"):
            book.lexicon("1+7")
        with pytest.raises(LexiconError, match="other shipped lists"):
            book.lexicon("9")
        assert len(book.changes()) == 1


@pytest.mark.parametrize("statement", ["UPDATE lexicon_change SET why = ''", "DELETE FROM lexicon_change"])
def test_history_cannot_be_altered(tmp_path, statement):
    with workspace(tmp_path) as opened:
        opened.ledger.lexicon.add(Term("drugs", "flapjack", "flapjack"), by="ann", why="x")
        with pytest.raises(LedgerError), opened.ledger.lexicon._database.writing() as connection:
            connection.exec_driver_sql(statement)
        assert len(opened.ledger.lexicon.changes()) == 1


def test_a_shared_file_goes_round_and_a_changed_one_is_refused(tmp_path):
    with workspace(tmp_path / "a") as ours, workspace(tmp_path / "b") as theirs:
        lexicon = ours.ledger.lexicon.add(Term("drugs", "flapjack", "no", ("on", "1e3")), by="ann", why="x")
        text = write_shared(lexicon)
        assert text == write_shared(lexicon)
        read = read_shared("file", text)
        assert read.hash == lexicon.hash
        assert theirs.ledger.lexicon.add_all(read.terms, by="cy", why="import").hash == lexicon.hash
        assert len(theirs.ledger.lexicon.changes()) == 1  # only what was new
        with pytest.raises(LexiconError, match="do not fit its hash"):
            read_shared("file", text.replace("flapjack", "flapjill"))
        without = re.sub(r"^hash:.*\n", "", text, flags=re.MULTILINE)
        assert read_shared("file", without).hash == lexicon.hash


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Input should be"),
        ("[", "not YAML"),
        ("lexicon: 1\nversion: a\nlists: {drugs: {title: t, terms: [{id: a}]}}", "word"),
        ("lexicon: 2\nversion: a\nlists: {}", "pattern"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("a: !!python/object:os.system {}", "Input should be|not YAML|lexicon"),
        ("[" * 5_000, "too deep|not YAML"),
        ("lexicon: 1\nversion: a\nlists: {x: {title: t, terms: [{id: a, word: ''}]}}", "1 to 12 words"),
        ("x" * (9 << 20), "larger than 8 MiB"),
        ("lexicon: 1\nversion: a\nextra: b\nlists: {}", "Extra|extra"),
    ],
)
def test_files_that_are_no_lexicon_are_refused(text, reason):
    with pytest.raises(LexiconError, match=reason):
        read_shared("file", text)


@given(st.text(max_size=300))
def test_any_text_as_a_lexicon_file_is_read_or_refused(text):
    try:
        read_shared("file", text)
    except LexiconError as error:
        told = str(error)
    else:
        told = "file"
    assert told.startswith(("file", "the lexicon"))
