"""Damaged copies of every sample of the open sources: each reader refuses, quarantines or reads; it never fails otherwise."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords
from ingest.mapping.read import read_mapping
from ingest.pipeline.plan import _matches
from ingest.readers import open_rows
from ingest.readers.base import BadRow
from ingest.registry import SOURCES

NAMES = ("psc", "companies_house", "officers", "bods", "ftm", "icij", "stix", "graphml")
FILES = sorted(
    (name, path) for name in NAMES for path in (Path(str(SOURCES[name].folder)) / "sample").iterdir()
)
PIECES = (
    b'"',
    b"<",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"{",
    b"]",
    b"\n",
    b",",
    b"99999999",
    b"&a;",
    b"<!DOCTYPE a>",
    b"NaN",
    b"[" * 300,
)


@cache
def section_of(name: str, file: str) -> FileWords:
    """How the source's mapping reads a file of that name."""
    return next(s for s in read_mapping(SOURCES[name].mapping).files if _matches(s, file))


@pytest.mark.parametrize(("name", "path"), FILES, ids=lambda value: getattr(value, "name", value))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_reader_of_a_damaged_copy(tmp_path_factory, name, path, data):
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        wide = data.draw(st.integers(0, 40))
        piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=8))
        content[at : at + wide] = piece
    copy = tmp_path_factory.mktemp("fuzz") / path.name
    copy.write_bytes(bytes(content))
    section = section_of(name, path.name)
    try:
        rows = open_rows(copy, path.name, section)
        first, second = list(rows.rows()), list(rows.rows())
    except FileRefusedError:
        return
    assert len(first) == rows.total == len(second)
    assert repr(first) == repr(second)
    assert all(row.reason for row in first if isinstance(row, BadRow))
