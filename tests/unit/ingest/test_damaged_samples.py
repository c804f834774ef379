"""Samples with one thing wrong get the answer that ingest/DAMAGED.md promises, and nothing else of the source is lost."""

from __future__ import annotations

import bz2
import io
import shutil
import struct
import tarfile
import zipfile
from pathlib import Path

import openpyxl
import pytest

from ingest.errors import FileRefusedError
from ingest.registry import SOURCES
from tests.unit.ingest.damaged_samples import CHANGES, Change

CSV = b"ref,name,dob\n1,Ada,1980\n"


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
def test_damaged_sample_gets_its_answer(bench, change: Change):
    folder = bench.folder / "sample"
    shutil.copytree(Path(str(SOURCES[change.source].folder)) / "sample", folder)
    path = folder / change.file
    text = path.read_text(encoding="utf-8")
    assert change.old in text
    new = text.replace(change.old, change.new, 1) if change.old else change.new
    path.write_bytes(new.encode("latin-1" if new.startswith("\x89") else "utf-8"))
    word, _, reason = change.answer.partition(": ")
    if word == "file refused":
        with pytest.raises(FileRefusedError) as caught:
            bench.load_source(change.source, folder)
        assert (caught.value.file, bool(caught.value.advice)) == (change.file, True)
        assert reason in caught.value.reason
        assert (bench.workspace.ledger.batches(), bench.counts()) == ([], (0, 0))
        return
    assert word == "row quarantined"
    summary = bench.load_source(change.source, folder)
    refused = bench.refused()
    assert (summary.quarantined, len(refused)) == (change.rows, change.rows)
    assert any(row.file == change.file and reason in row.reason for row in refused)
    assert summary.loaded > 0


def zipped(name: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, CSV)
    return buffer.getvalue()


def unnamed() -> bytes:
    """An archive whose list gives its member no name: what was the name is its comment."""
    raw = bytearray(zipped("rows.csv"))
    at = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<HHH", raw, at + 28, 0, 0, 8)
    return bytes(raw)


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        link = tarfile.TarInfo("rows.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("rows.zip", zipped("rowsXx.csv").replace(b"rowsXx", b"rows\x00x"), "leads out of the folder"),
        ("rows.zip", zipped("x" * 300 + ".csv"), "one above 200 bytes"),
        ("rows.zip", zipped("."), "a member without a name"),
        ("rows.zip", unnamed(), "a member without a name"),
        ("rows.zip", zipped("rows.csv", zipfile.ZIP_BZIP2), "packed otherwise than as deflate"),
        ("rows.zip", zipped("rows.csv", zipfile.ZIP_LZMA), "packed otherwise than as deflate"),
        ("rows.zip", zipped("rows.csv").replace(b"PK\x03\x04", b"PK\x03\x05"), "is damaged"),
        ("rows.zip", zipped("rows.csv").replace(b"rows.csv", b"cows.csv", 1), "is damaged"),
        ("rows.zip", tarred(), "damaged or cut-off"),
        ("rows.tar", tarred(), "its content is a tar archive"),
        ("rows.csv", bz2.compress(CSV), "a bzip2 stream"),
    ],
    ids=["nul", "long", "nameless", "unnamed", "bzip2", "lzma", "header", "renamed", "tar-zip", "tar", "bz2"],
)
def test_damaged_archive_is_refused_whole(bench, people, name, content, reason):
    with pytest.raises(FileRefusedError, match=reason):
        bench.load(content, people, name=name)
    assert bench.workspace.ledger.batches() == []


def test_damaged_workbook_whose_sheet_has_another_name_in_its_header(bench):
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.save(buffer)
    content = buffer.getvalue().replace(b"worksheets/sheet1.xml", b"worksheets/sheet9.xml", 1)
    mapping = "files:\n  - format: xlsx\n    entities: {p: {type: Person, key: ref}}\n"
    with pytest.raises(FileRefusedError, match="is damaged, or larger than its header says"):
        bench.load(content, mapping, name="rows.xlsx")
    assert bench.workspace.ledger.batches() == []
