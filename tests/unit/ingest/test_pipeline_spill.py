"""Occurrences put aside by another thread: what goes wrong there stops the load, and the files go."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphcore.evidence.ledger.series_prepare import to_rows
from ingest.pipeline.spill import Cutting, Spill
from tests.unit.ledger.ledger_kit import ref
from tests.unit.ledger.test_ledger_series import call


def fails(*_: object) -> int:
    raise OSError("no space left on device")


def test_what_cannot_be_put_aside_is_told_before_anything_is_read_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spill = Spill(Cutting(2))
    monkeypatch.setattr("ingest.pipeline.spill.pair_hashes", fails)
    spill.add_rows(to_rows([call(1)]))
    with pytest.raises(OSError, match="no space left"):
        list(spill.parts())
    spill.close()


def test_what_cannot_be_put_aside_stops_the_next_table(monkeypatch: pytest.MonkeyPatch) -> None:
    spill = Spill(Cutting(2))
    monkeypatch.setattr("ingest.pipeline.spill.pair_hashes", fails)
    spill.add_rows(to_rows([call(1)]))
    with pytest.raises(OSError, match="no space left"):
        spill.add_rows(to_rows([call(2)]))
    spill.close()


@pytest.mark.parametrize("cutting", [Cutting(1), Cutting(3), Cutting(1, 4), Cutting(2, 3)])
def test_every_row_comes_back_its_pair_in_one_part_and_the_files_go(cutting: Cutting) -> None:
    spill = Spill(cutting)
    numbers = [ref(str(number), entity_type="Phone") for number in range(5)]
    for minute in range(0, 200, 4):
        ends = [(numbers[each % 5], numbers[each // 5 % 5]) for each in range(minute, minute + 4)]
        spill.add_rows(to_rows([call(minute + place, ends=pair) for place, pair in enumerate(ends)]))
    back = [(step, rows.table.to_pylist()) for step, parts in spill.parts() for rows in parts]
    folder = Path(spill._folder.name)
    assert sorted(row["row"] for _, rows in back for row in rows) == [*range(1, 201)]
    pairs = [{(row["source"], row["target"]) for row in rows} for _, rows in back]
    assert sum(map(len, pairs)) == 25
    assert len(back) > 1 or cutting == Cutting(1)
    assert len({step for step, _ in back}) == len(back)
    spill.close()
    assert not folder.exists()


def test_a_slice_is_as_small_however_large_the_file() -> None:
    for rows in (1, 59_999, 60_001, 5_000_000, 300_000_000):
        cutting = Cutting.of(rows)
        assert cutting.files <= 128
        assert rows / (cutting.files * cutting.slices) <= 60_000
