"""Fixtures for every suite: real sets beside the project, real components, and the count of what was skipped.

`REQUIRE=neo4j,chromium` turns the skips of those components into failures.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.catalogue import cases_of
from tests.components import missing
from tests.neo4j_fixture import neo4j_server  # noqa: F401  (a fixture)

# a busy machine must not turn a test red
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real and synthetic sets; skips where it is not beside the project."""
    if not SHARED_DATA.is_dir():
        missing("shared_data", "../shared/data is not there")
    return SHARED_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that runs headless."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        missing("chromium", "no chromium on PATH")
    return str(found)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a mark with an id that the catalogue does not have."""
    for item in items:
        cases_of(item)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped for want of which component."""
    reasons = Counter(
        str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        .removeprefix("Skipped: ")
        .split(":")[0]
        for report in terminalreporter.stats.get("skipped", [])
    )
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped for want of {reason}: {count}")
