"""``make catalogue``: how many of the 180 numbered faults, bad inputs and leaks have a test, and which have none.

A test says what it shows with ``@pytest.mark.catalogue("U04", ...)``; those of damaged inputs (F) are named in the table of
``tests/unit/ingest/damaged_cases.py``, which also says where a test is smaller than the case. It counts when pytest collects it; a test that a
machine skips for want of a component counts as well, and the suite says which those were.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import yaml

from tests.unit.ingest.damaged_cases import KNOWN
from tests.unit.ingest.damaged_cases import LIMITS as FILE_LIMITS

_TABLE = yaml.safe_load(Path(__file__).with_name("catalogue_cases.yaml").read_text(encoding="utf-8"))
CASES: Mapping[str, str] = _TABLE["cases"]
DAMAGED: dict[str, list[str]] = defaultdict(list)
for _case in KNOWN:
    if _case.id in CASES:
        DAMAGED[_case.test].append(_case.id)
LIMITS: Mapping[str, str] = {**FILE_LIMITS, **_TABLE["limits"]}
WAITS: Mapping[str, str] = {case: part for part, cases in _TABLE["waits"].items() for case in cases}


class Collector:
    """A pytest plugin that gathers which case is shown by which tests."""

    def __init__(self) -> None:
        self.shown: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: Iterable[pytest.Item]) -> None:
        for item in items:
            for case in cases_of(item):
                self.shown[case].add(item.nodeid.partition("[")[0])


def cases_of(item: pytest.Item) -> list[str]:
    """The ids that a test is marked with.

    Raises:
        pytest.UsageError: an id that the catalogue does not have.
    """
    found = [str(case) for mark in item.iter_markers("catalogue") for case in mark.args]
    found += DAMAGED.get(item.nodeid.partition("[")[0], ())
    unknown = [case for case in found if case not in CASES]
    if unknown:
        raise pytest.UsageError(f"{item.nodeid}: the catalogue has no case {', '.join(unknown)}")
    return found


def report(shown: Mapping[str, set[str]], *, tests: bool = False) -> str:
    """Lines for people: the count by part, then every case without a test and why."""
    parts = sum(case in LIMITS for case in shown)
    lines = [
        f"{len(shown)} of {len(CASES)}, {parts} of these on a smaller scale or in part (--tests says how)"
    ]
    for part in dict.fromkeys(case[0] for case in CASES):
        wanted = [case for case in CASES if case[0] == part]
        lines.append(f"  {part}  {sum(case in shown for case in wanted)} of {len(wanted)}")
    if tests:
        lines += [
            f"{case}  {CASES[case]}: {', '.join(sorted(shown[case]))}" for case in CASES if case in shown
        ]
    missing = [case for case in CASES if case not in shown]
    lines += [f"missing {case}  {CASES[case]}: {_why(case)}" for case in missing]
    return "\n".join(lines)


def _limit(case: str) -> str:
    return f" [{LIMITS[case]}]" if case in LIMITS else ""


def _why(case: str) -> str:
    return f"waits for {WAITS[case]}" if case in WAITS else "no test"


def main() -> int:
    """Collect every test and print the report; ``--tests`` names the tests of each case."""
    collector, said = Collector(), io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["--collect-only", "--quiet", "--no-header"], plugins=[collector])
    if code:
        sys.stderr.write(f"{said.getvalue()}\nthe tests cannot be collected\n")
        return int(code)
    sys.stdout.write(report(collector.shown, tests="--tests" in sys.argv[1:]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
