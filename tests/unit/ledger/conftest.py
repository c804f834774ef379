"""A fresh ledger for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphcore.evidence.ledger import Ledger
from tests.unit.ledger.ledger_kit import open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger with a fixed key and clock."""
    opened = open_ledger(tmp_path)
    yield opened
    opened.close()
