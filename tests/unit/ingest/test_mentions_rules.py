"""Identifiers in free text: precision and recall on labelled texts, hard negatives, and time on hostile ones."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mentions import MENTIONS_MAX, Kind, find_mentions, find_names
from ingest.mentions.names import NAMES_MAX
from tests.unit.ingest.mention_texts import labelled


def said(text: str) -> set[tuple[str, str]]:
    return {(str(mention.kind), mention.value) for mention in find_mentions(text)}


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_mentions_precision_and_recall_on_labelled_texts(seed):
    hit, made, true = Counter(), Counter(), Counter()
    for text in labelled(seed):
        got = said(text.text)
        hit.update(kind for kind, _ in got & text.says)
        made.update(kind for kind, _ in got)
        true.update(kind for kind, _ in text.says)
    for kind in map(str, Kind):
        assert true[kind] > 30
        assert hit[kind] / made[kind] >= 0.98, (kind, hit[kind], made[kind])
        assert hit[kind] / true[kind] >= 0.97, (kind, hit[kind], true[kind])


# Written after the rules and not used to shape them: how people really write.
UNSEEN = (
    ("IR 23/447: SWAN says CODY (07911 555 123) is driving a grey Golf LK68 ZTR for the Fishers.", {("phone", "+447911555123"), ("vrm", "LK68ZTR")}),
    ("Text msg read 'bring 2 boxes 2 mine, LS8 5QD, b4 9'.", {("postcode", "LS8 5QD")}),
    ("Txn ref 20260104-0098, GBP 1,250.00 from 20-44-91 a/c 33019922 to Halden Ltd", {("account", "20-44-91 33019922")}),
    ("Call at 14:05 from +1 202-456-1111, no reply.", {("phone", "+12024561111")}),
    ("Co number 9876543 struck off 04/11/2024; see SC654321 for the Scottish parent", {("company_number", "09876543"), ("company_number", "SC654321")}),
    ("Custody record 34CD/12345/23, DOB 12/03/1985, CRO 45612/98X", set()),
    ("Exhibit LMT/4 is a receipt, total 07.50, till 4, 13:22 02-03-24", set()),
    ("Seen on A61 J42 M1 at 0930hrs, plate part AB12 ?DE", set()),
    ("His SIM ICCID 8944110068012345678 and IMEI 490154203237518", set()),
    ("mail him at j.fenwick-hale@mail.example or on 0161-496-0123.", {("email", "j.fenwick-hale@mail.example"), ("phone", "+441614960123")}),
)  # fmt: skip


@pytest.mark.parametrize(("text", "says"), UNSEEN)
def test_mentions_in_texts_that_shaped_no_rule(text, says):
    assert said(text) == says


@pytest.mark.parametrize(
    "text",
    ["0" * 100_000, " 0" * 50_000, "(0" * 50_000, "+1 2 3 4 5 6 7 8 9 " * 5_000, "A1" * 50_000, "a@" * 50_000, "a." * 50_000 + "@",
     "GB11 " * 20_000, "12-34-56 " * 11_000, "Aa " * 33_000, "AB12 CDE " * 11_000, "1" * 33 + "x" * 60_000],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_mentions_take_time_that_grows_with_the_text_alone(text):
    started = time.process_time()
    found, names = find_mentions(text), find_names(text)
    assert time.process_time() - started < 5
    assert len(found) <= MENTIONS_MAX
    assert len(names) <= NAMES_MAX


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_mentions_of_any_text_lie_in_it_and_do_not_overlap(text):
    found = find_mentions(text)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= name.start < name.end <= len(text) for name in find_names(text))


def test_names_are_told_by_title_lexicon_form_and_road():
    text = (
        "Mr Ben Marshbeck met Kasia and John O'Neill's brother at Corvane Motors Ltd, 14 Quillthorpe Road. SMITH, John "
        "left. Later the Bramwick Crew came. On Monday Subject 1 drove a Ford Transit to London."
    )
    assert [(name.kind, name.label) for name in find_names(text)] == [
        ("Person", "Mr Ben Marshbeck"),
        ("Person", "Kasia"),
        ("Person", "John O'Neill"),
        ("Business", "Corvane Motors Ltd"),
        ("Location", "Quillthorpe Road"),
        ("Person", "SMITH, John"),
        ("", "Bramwick Crew"),
    ]
