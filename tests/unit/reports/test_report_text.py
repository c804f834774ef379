"""Text that is safe to show."""

from __future__ import annotations

import pytest

from analytics.reports import text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Dorian Vexley", "Dorian Vexley"),
        ("Łukasz Ó Briain, 北京", "Łukasz Ó Briain, 北京"),
        ("evil\u202egnp.exe", "evil[U+202E]gnp.exe"),
        ("a\u200bb\ufeffc", "a[U+200B]b[U+FEFF]c"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("nul\x00esc\x1b", "nul[U+0000]esc[U+001B]"),
        ("two\r\nlines\there", "two  lines here"),
        ("\ud800", "[U+D800]"),
        ("e" + "\u0301" * 10, "e" + "\u0301" * 3),
    ],
)
def test_nothing_is_hidden(raw, shown):
    assert text.visible(raw) == shown


def test_long_text_is_cut_and_says_how_long_it_was():
    assert text.visible("W" * 1_000_000, 10) == "WWWWWWWWWW… [cut: 1,000,000 characters]"
    assert text.shorten("ab", 2) == "ab"
    assert text.shorten("abc", 2) == "ab… [cut: 3 characters]"


def test_cut_keeps_the_length():
    assert text.cut("abcdef", 6) == "abcdef"
    assert text.cut("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        ("Sudsy Hand Car Wash Ltd", ("Sudsy Hand", "Car Wash", "Ltd")),
        ("", ("",)),
        ("abcdefghijklmnop", ("abcdefghij", "klmnop")),
        ("one two three four five six seven", ("one two", "three four", "five six…")),
    ],
)
def test_wrap(raw, lines):
    assert text.wrap(raw, 10, 3) == lines


def test_xml_text_counts_what_it_takes_out():
    assert text.xml_text("a\x00b\x0bc\ufffe\ud800d\t") == ("abcd\t", 4)


@pytest.mark.parametrize(
    ("seconds", "said"), [(35, "35 s"), (60, "1 min"), (10_920, "3 h 2 min"), (3_600_000, "1,000 h 0 min")]
)
def test_duration(seconds, said):
    assert text.duration(seconds) == said


@pytest.mark.parametrize(
    ("pence", "currency", "said"),
    [
        (123_450, "GBP", "£1,234.50"),
        (-5, "", "-£0.05"),
        (100, "EUR", "EUR 1.00"),
        (10**15, "GBP", "£10,000,000,000,000.00"),
    ],
)
def test_money(pence, currency, said):
    assert text.money(pence, currency) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, None, ""),
        ("2026-01-02T00:00:00.000000Z", None, "from 2026-01-02"),
        (None, "2026-01-02T00:00:00.000000Z", "until 2026-01-01"),
        ("2026-01-02T00:00:00.000000Z", "2026-03-05T00:00:00.000000Z", "2026-01-02..2026-03-04"),
        ("2026-01-02T10:00:00.000000Z", "2026-01-02T10:00:00.000000Z", "2026-01-02"),
        ("2026-01-02T00:00:00.000000Z", "2026-01-03T00:00:00.000000Z", "2026-01-02"),
    ],
)
def test_spans_name_the_last_day_inside(start, end, said):
    assert text.span(start, end) == said


def test_plural():
    assert text.plural(1, "link") == "1 link"
    assert text.plural(2_000, "entity", "entities") == "2,000 entities"
