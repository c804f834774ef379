"""Markings, handling codes, gradings and natures of control."""

from __future__ import annotations

import pytest

from graphcore.evidence import Grading, GradingScheme
from ingest.clean import evidence, psc
from ingest.errors import CleanError

NEW, OLD = GradingScheme.THREE_FIVE_TWO, GradingScheme.FIVE_FIVE_FIVE


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("official", "OFFICIAL"),
        ("OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"),
        ("Official - Sensitive", "OFFICIAL-SENSITIVE"),
        ("UK OFFICIAL", "OFFICIAL"),
        ("RESTRICTED", "OFFICIAL-SENSITIVE"),
        ("Confidential", "OFFICIAL-SENSITIVE"),
    ],
)
def test_marking_is_read(value, expected):
    assert evidence.marking(value) == expected


@pytest.mark.parametrize("value", ["SECRET", "top secret", "UK SECRET", "TOP-SECRET", "SECRET // EYES ONLY"])
def test_marking_above_official_is_told_apart(value):
    with pytest.raises(evidence.AboveOfficialError):
        evidence.marking(value)


@pytest.mark.parametrize("value", ["", "PUBLIC", "OFFICAL", "SECRETARIAT"])
def test_marking_unknown_is_never_open(value):
    with pytest.raises(CleanError) as caught:
        evidence.marking(value)
    assert not isinstance(caught.value, evidence.AboveOfficialError)


def test_handling_codes_belong_to_their_scheme():
    assert evidence.handling_code(NEW, " p ") == "P"
    assert evidence.handling_code(OLD, "5") == "5"
    for scheme, code in ((NEW, "1"), (OLD, "P"), (NEW, ""), (NEW, "PC")):
        with pytest.raises(CleanError):
            evidence.handling_code(scheme, code)


def test_handling_conditions_are_sorted_and_checked():
    assert evidence.handling_conditions("s1, A2;A2") == ("A2", "S1")
    assert evidence.handling_conditions("") == ()
    with pytest.raises(CleanError, match="unknown handling condition"):
        evidence.handling_conditions("A9")


def test_grading_keeps_scheme_and_value():
    assert evidence.grading_code(NEW, "2b") == Grading(NEW, "2", "B")
    assert evidence.grading_code(OLD, "B2") == Grading(OLD, "B", "2")
    assert evidence.grading_code(NEW, "") is None
    for scheme, code in ((NEW, "B2"), (OLD, "2B"), (OLD, "B21"), (NEW, "9Z")):
        with pytest.raises(CleanError):
            evidence.grading_code(scheme, code)


@pytest.mark.parametrize(
    ("natures", "shares", "votes", "indirect"),
    [
        (["ownership-of-shares-25-to-50-percent"], (0.25, 0.5), (None, None), False),
        (
            ["ownership-of-shares-75-to-100-percent", "voting-rights-50-to-75-percent"],
            (0.75, 1.0),
            (0.5, 0.75),
            False,
        ),
        (["ownership-of-shares-50-to-75-percent-as-trust"], (0.5, 0.75), (None, None), True),
        (
            ["ownership-of-shares-more-than-25-percent-registered-overseas-entity"],
            (0.25, 1.0),
            (None, None),
            False,
        ),
        (
            ["ownership-of-shares-25-to-50-percent", "ownership-of-shares-50-to-75-percent-as-firm"],
            (0.5, 1.0),
            (None, None),
            False,
        ),
        (["significant-influence-or-control"], (None, None), (None, None), False),
        ([], (None, None), (None, None), None),
        (None, (None, None), (None, None), None),
        (
            "ownership-of-shares-25-to-50-percent; voting-rights-25-to-50-percent",
            (0.25, 0.5),
            (0.25, 0.5),
            False,
        ),
    ],
)
def test_psc_natures_become_intervals(natures, shares, votes, indirect):
    assert (psc.share_min(natures), psc.share_max(natures)) == shares
    assert (psc.voting_min(natures), psc.voting_max(natures)) == votes
    assert psc.indirect(natures) is indirect
