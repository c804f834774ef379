"""Every command of these tests says why it reads; the ones about that take it away again."""

import pytest


@pytest.fixture(autouse=True)
def purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCB_PURPOSE", "investigation")
    monkeypatch.setenv("OCB_REASON", "test of the command")
