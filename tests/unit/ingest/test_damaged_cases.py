"""ingest/DAMAGED.md says what the tests show: no case without its test, no source with less than two, no gap in the catalogue."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache

import pytest

from ingest.registry import SOURCES
from tests.unit.ingest.damaged_cases import ANY, CASES, CATALOGUE, LIMITS, PAGE, ROOT, Case, page


@cache
def functions(file: str) -> frozenset[str]:
    """The tests that a file defines."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_damaged_page_is_what_the_list_says():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.unit.ingest.damaged_cases"
    readme = (ROOT / "ingest" / "README.md").read_text(encoding="utf-8")
    assert "(DAMAGED.md)" in readme


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.source}")
def test_damaged_case_is_shown_by_a_test_that_exists(case: Case):
    file, _, function = case.test.partition("::")
    assert function in functions(file)
    assert case.shown in (ROOT / file).read_text(encoding="utf-8")


def test_damaged_cases_are_sixty_and_two_a_source():
    assert len(CASES) >= 60
    count = Counter(case.source for case in CASES)
    assert set(count) == {*SOURCES, ANY}
    assert {name: number for name, number in count.items() if number < 2} == {}
    assert len({(case.id, case.source, case.wrong) for case in CASES}) == len(CASES)


def test_every_case_of_the_catalogue_is_shown():
    assert set(CATALOGUE) - {case.id for case in CASES} == set()
    assert set(LIMITS) <= set(CATALOGUE)
