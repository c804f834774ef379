"""Occurrences put aside by another thread: what goes wrong there stops the load, and the files go."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphcore.evidence.ledger.series_prepare import to_rows
from ingest.pipeline.spill import Spill
from tests.unit.ledger.test_ledger_series import call


def fails(*_: object) -> int:
    raise OSError("no space left on device")


def test_what_cannot_be_put_aside_is_told_before_anything_is_read_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spill = Spill(2)
    monkeypatch.setattr("ingest.pipeline.spill.part_of", fails)
    spill.add_rows(to_rows([call(1)]))
    with pytest.raises(OSError, match="no space left"):
        list(spill.parts())
    spill.close()


def test_what_cannot_be_put_aside_stops_the_next_table(monkeypatch: pytest.MonkeyPatch) -> None:
    spill = Spill(2)
    monkeypatch.setattr("ingest.pipeline.spill.part_of", fails)
    spill.add_rows(to_rows([call(1)]))
    with pytest.raises(OSError, match="no space left"):
        spill.add_rows(to_rows([call(2)]))
    spill.close()


def test_every_row_comes_back_and_the_files_go() -> None:
    spill = Spill(3)
    for minute in range(0, 40, 4):
        spill.add_rows(to_rows([call(minute + each) for each in range(4)]))
    back = [rows for _, parts in spill.parts() for rows in parts]
    folder = Path(spill._folder.name)
    assert sorted(row for rows in back for row in rows.table.column("row").to_pylist()) == [*range(1, 41)]
    spill.close()
    assert not folder.exists()
