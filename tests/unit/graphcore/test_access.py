"""The policy is total, denies by default and gives reasons."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graphcore.access import (
    AccessContext,
    AccessLabel,
    Grant,
    Grantee,
    Marking,
    Purpose,
    PurposeCode,
    Scope,
    allowed_labels,
    decide,
    highest_marking,
)
from graphcore.access.policy import readable
from graphcore.errors import AccessDeniedError

READER = AccessContext(
    subject="analyst.one",
    organisation="Northmere Police",
    clearance=Marking.OFFICIAL,
    purpose=Purpose(PurposeCode.INVESTIGATION, "who is behind the car", "Op Example"),
)
CLEARED = replace(
    READER, clearance=Marking.OFFICIAL_SENSITIVE, compartments=frozenset({"KITE"}), may_read_conditional=True
)


@pytest.mark.parametrize(
    ("label", "reader", "cleared"),
    [
        (AccessLabel(), True, True),
        (AccessLabel(marking="OFFICIAL-SENSITIVE"), False, True),
        (AccessLabel(marking="SECRET"), False, False),
        (AccessLabel(marking=""), False, False),
        (AccessLabel(compartment="KITE"), False, True),
        (AccessLabel(compartment="OTHER"), False, False),
        (AccessLabel(handling_scheme="3x5x2", handling_code="P"), True, True),
        (
            AccessLabel(handling_scheme="3x5x2", handling_code="C", handling_conditions=("A1", "S2")),
            False,
            True,
        ),
        (AccessLabel(handling_scheme="3x5x2", handling_code="C", originator="Northmere Police"), True, True),
        (AccessLabel(handling_scheme="3x5x2", handling_code="C", handling_conditions=("Z9",)), False, False),
        (AccessLabel(handling_scheme="3x5x2", handling_code="X"), False, False),
        (AccessLabel(handling_scheme="5x5x5", handling_code="1"), True, True),
        (AccessLabel(handling_scheme="5x5x5", handling_code="4"), False, False),
        (AccessLabel(handling_scheme="5x5x5", handling_code="5", originator="Northmere Police"), True, True),
        (AccessLabel(handling_code="P"), False, False),
        (AccessLabel(handling_conditions=("A1",)), False, False),
    ],
)
def test_decisions(label: AccessLabel, reader: bool, cleared: bool) -> None:
    assert decide(label, READER).allow is reader
    assert decide(label, CLEARED).allow is cleared


def test_a_denial_names_every_rule() -> None:
    label = AccessLabel(
        marking="OFFICIAL-SENSITIVE", compartment="KITE", handling_scheme="3x5x2", handling_code="C"
    )
    assert decide(label, replace(READER, purpose=None)).reasons == (
        "clearance",
        "compartment",
        "handling code",
        "purpose",
    )


@pytest.mark.catalogue("A36")
def test_total_over_every_combination() -> None:
    """No combination raises, and a reader with less never sees more."""
    less = replace(READER, law_enforcement=False)
    for values in itertools.product(
        ("OFFICIAL", "OFFICIAL-SENSITIVE", "odd", ""),
        ("", "3x5x2", "5x5x5", "odd"),
        ("", "P", "C", "1", "4", "odd"),
        ("", "KITE"),
    ):
        marking, scheme, code, compartment = values
        label = AccessLabel(marking, scheme, code, (), compartment)
        verdicts = [decide(label, context).allow for context in (less, READER, CLEARED)]
        assert verdicts == sorted(verdicts)


@pytest.mark.catalogue("A36")
@pytest.mark.parametrize(
    "bad", [{"purpose": None}, {"purpose": Purpose(PurposeCode.AUDIT, "  ")}, {"subject": ""}]
)
def test_no_purpose_no_reading(bad) -> None:
    with pytest.raises(AccessDeniedError):
        allowed_labels({1: AccessLabel()}, replace(READER, **bad))


def test_allowed_labels_are_numbers_in_order() -> None:
    labels = {
        3: AccessLabel(),
        1: AccessLabel(handling_scheme="3x5x2", handling_code="P"),
        2: AccessLabel(compartment="KITE"),
    }
    assert allowed_labels(labels, READER) == (1, 3)
    assert allowed_labels(labels, CLEARED) == (1, 2, 3)


def test_banner_is_the_highest_marking() -> None:
    assert highest_marking([]) == "OFFICIAL"
    assert highest_marking([AccessLabel(), AccessLabel(marking="OFFICIAL-SENSITIVE")]) == "OFFICIAL-SENSITIVE"


def test_a_reader_is_told_the_same_rules_at_every_moment_and_with_any_words_until_a_grant_ends() -> None:
    """What is kept by the filter itself (``graphcore.store.embedded.visibility``) is shared by nobody with other rights."""
    morning = datetime(2026, 1, 5, 9, tzinfo=UTC)
    grant = Grant("g", Grantee.SUBJECT, READER.subject, Scope.COMPARTMENT, "KITE", "Op Example", morning)
    early, later, ended = (
        replace(READER, grants=(grant,), now=morning + timedelta(seconds=seconds)) for seconds in (-7, -1, 0)
    )
    reworded = replace(later, purpose=Purpose(PurposeCode.INVESTIGATION, "the same car", "Op Example"))
    assert readable(early) is readable(later) is readable(reworded)
    assert readable(ended) is readable(replace(READER, now=morning)) is readable(READER)
    assert decide(AccessLabel(compartment="KITE"), later).allow
    assert not decide(AccessLabel(compartment="KITE"), ended).allow
    assert not decide(AccessLabel(compartment="KITE"), replace(later, now=None)).allow
    elsewhere = replace(later, purpose=Purpose(PurposeCode.INVESTIGATION, "the car", "Op Other"))
    assert not decide(AccessLabel(compartment="KITE"), elsewhere).allow
