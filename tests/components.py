"""Real components that a machine may lack: their tests skip, or fail where REQUIRE names the component."""

import os
from typing import NoReturn

import pytest


def missing(component: str, reason: str) -> NoReturn:
    """Skip, or fail where the component is required."""
    if component in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"{component} is required but missing: {reason}")
    pytest.skip(f"{component}: {reason}")
