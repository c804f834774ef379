"""The child that reads workbooks, called here in this process (its limits are tested through the reader)."""

from __future__ import annotations

import datetime

import openpyxl
import pytest

from ingest.readers.xlsx_child import CELL_MAX, sheet_rows, text_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "true"),
        (7.0, "7"),
        (7.25, "7.25"),
        (447700900123, "447700900123"),
        (1e300, "1e+300"),
        (datetime.datetime(2026, 3, 1), "2026-03-01"),  # noqa: DTZ001 - as openpyxl gives it
        (datetime.datetime(2026, 3, 1, 9, 30), "2026-03-01 09:30:00"),  # noqa: DTZ001
        (datetime.date(2026, 3, 1), "2026-03-01"),
        (datetime.time(9, 30), "09:30:00"),
        ("a", "a"),
    ],
)
def test_xlsx_child_writes_cells_as_text(value, expected):
    assert text_of(value) == expected


def test_xlsx_child_gives_title_then_rows(tmp_path):
    book = openpyxl.Workbook()
    book.create_sheet("Second").append(["a", 1])
    book.save(tmp_path / "book.xlsx")
    assert list(sheet_rows(str(tmp_path / "book.xlsx"), "Second")) == [{"sheet": "Second"}, ["a", "1"]]
    with pytest.raises(SystemExit, match="no sheet 'Third'"):
        list(sheet_rows(str(tmp_path / "book.xlsx"), "Third"))
    assert CELL_MAX == 1 << 20
