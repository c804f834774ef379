"""The catalogue has its 180 cases, and a mark that names none of them is refused."""

import re

import pytest

from tests.catalogue import CASES, LIMITS, WAITS, Collector, cases_of, report

SIZES = {"F": 36, "I": 28, "A": 36, "U": 20, "C": 28, "S": 18, "L": 14}


def test_every_case_is_there_once_and_numbered() -> None:
    assert list(CASES) == [
        f"{part}{number:02}" for part, size in SIZES.items() for number in range(1, size + 1)
    ]
    assert len(CASES) == 180
    assert set(WAITS) <= set(CASES)
    assert set(LIMITS) <= set(CASES)


def test_report_counts_and_names_what_is_missing() -> None:
    text = report({"U04": {"a"}, "U05": {"b"}})
    assert text.splitlines()[0].startswith("2 of 180, 0 of these")
    assert "  U  2 of 20" in text
    assert "missing U04" not in text
    assert len(re.findall(r"^missing ", text, re.MULTILINE)) == 178
    assert "U04  killed between intent and answer: a" in report({"U04": {"a"}}, tests=True)


@pytest.mark.parametrize("case", sorted(WAITS))
def test_case_that_waits_for_a_part_says_for_which(case: str) -> None:
    assert f"missing {case}  {CASES[case]}: waits for {WAITS[case]}" in report({})


def test_marks_are_gathered_and_unknown_ones_refused(request: pytest.FixtureRequest) -> None:
    item = request.node
    item.add_marker(pytest.mark.catalogue("U04", "C26"))
    collector = Collector()
    collector.pytest_collection_modifyitems([item])
    assert set(collector.shown) == {"U04", "C26"}
    item.add_marker(pytest.mark.catalogue("U99"))
    with pytest.raises(pytest.UsageError, match="U99"):
        cases_of(item)
