"""Readers of downloads, dumps and mailboxes against made-up bytes: rows, bad rows or a refusal; never a crash or a hang."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords
from ingest.readers import open_rows
from tests import ufed_reports as ufed

SEEDS = {
    "ufed": ufed.report(ufed.chat(1, ufed.message(1)), ufed.model("Call", "c", ufed.many("Parties", ufed.party("999")))).encode(),
    "chats": b'{"threads": [{"id": 1, "participants": ["a", {"id": 2}], "messages": [{"from": "a", "text": ["x", {"text": "y"}]}]}]}',
    "mail": b'From: =?utf-8?q?a?= <a@example.com>\nTo: b@example.com\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nhello\n--b--\n',
}  # fmt: skip
QUIET = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
EDIT = st.tuples(st.integers(0, 400), st.integers(0, 30), st.binary(max_size=12))


def read_twice(form: str, content: bytes) -> None:
    """Read a file to its end, twice: both times the same, or refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            rows = open_rows(path, "file", FileWords.model_validate({"format": form}))
        except FileRefusedError:
            return
        first, second = list(rows.rows()), list(rows.rows())
        rows.close()
        assert first == second
        assert len(first) == rows.total
        json.dumps([str(row) for row in first])


@pytest.mark.parametrize("form", sorted(SEEDS))
@QUIET
@given(edits=st.lists(EDIT, max_size=6))
def test_fuzz_edited_file_gives_rows_or_a_refusal(form, edits):
    content = bytearray(SEEDS[form])
    for place, width, put in edits:
        content[place : place + width] = put
    read_twice(form, bytes(content))


@pytest.mark.parametrize("form", sorted(SEEDS))
@QUIET
@given(content=st.binary(max_size=400))
def test_fuzz_any_bytes_give_rows_or_a_refusal(form, content):
    read_twice(form, content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "messages",
                    "threads",
                    "from",
                    "to",
                    "text",
                    "id",
                    "participants",
                    "attachments",
                    "date",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@QUIET
@given(value=JSON)
def test_fuzz_any_json_gives_rows_or_a_refusal(value):
    read_twice("chats", json.dumps(value).encode())
