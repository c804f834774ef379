"""References: a number that only the key can read, of one kind, and that tells nothing beside another."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcore.model.ids import IdMaker
from graphcore.model.references import NONE, PATTERN

IDS, OTHERS = IdMaker(b"k" * 32), IdMaker(b"o" * 32)
NUMBERS = st.integers(1, 2**40 - 1)


@given(NUMBERS)
def test_a_reference_gives_its_number_back_and_only_under_its_key_and_kind(number: int) -> None:
    made = IDS.reference("batch", number)
    assert re.fullmatch(PATTERN, made)
    assert IDS.number("batch", made) == number
    assert IDS.number("refused row", made) != number
    assert OTHERS.number("batch", made) != number


def test_no_two_numbers_share_one_and_neighbours_are_not_alike() -> None:
    made = [IDS.reference("batch", number) for number in range(1, 5_000)]
    assert len({*made}) == len(made)
    same = [sum(a == b for a, b in zip(one, other, strict=True)) for one, other in pairwise(made)]
    assert sum(same) / len(same) < 12 / 32 * 1.2, "letters agree as often as by chance"
    ascending = sum(one < other for one, other in pairwise(made))
    assert 0.4 < ascending / len(made) < 0.6, "their order is not that of the numbers"


@given(st.text(max_size=20))
def test_what_is_no_reference_is_nobodys(text: str) -> None:
    number = IDS.number("batch", text)
    assert number == NONE or IDS.reference("batch", number) == text


def test_guesses_seldom_give_a_number_and_1_to_9_never_do() -> None:
    assert [IDS.number("batch", str(number)) for number in range(10)] == [NONE] * 10
    guesses = [OTHERS.reference("batch", number) for number in range(1, 3_000)]
    assert sum(IDS.number("batch", one) != NONE for one in guesses) <= 1


@pytest.mark.parametrize("number", [0, -1, 2**40])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="reference"):
        IDS.reference("batch", number)
