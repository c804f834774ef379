"""Archives and workbooks that lie, burst, nest or climb: refused, and nothing is written outside our own folder."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import openpyxl
import pytest

from ingest.errors import FileRefusedError
from ingest.readers.archive import ArchiveLimits, unpacked
from ingest.readers.workbook import convert

CSV = "ref,name,dob\n1,Ada,1980\n"
SHEET = "files:\n  - format: xlsx\n    entities:\n      p: {type: Person, key: ref, properties: {name: name, birth_date: dob}}\n"


def zipped(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def refusal(bench, content: bytes, mapping: str, name: str) -> str:
    before = sorted(path.name for path in bench.folder.parent.iterdir())
    with pytest.raises(FileRefusedError) as caught:
        bench.load(content, mapping, name=name)
    assert bench.workspace.ledger.batches() == []
    assert sorted(path.name for path in bench.folder.parent.iterdir()) == before
    return caught.value.reason


def test_archive_good_ones_are_read(bench, people):
    assert bench.load(zipped(("folder/rows.csv", CSV)), people, name="rows.zip").loaded == 1
    assert bench.load(gzip.compress(CSV.encode()), people, name="rows.csv.gz").unchanged == 1


def test_archive_zip_bomb(bench, people):
    bomb = zipped(("rows.csv", b"0" * (50 << 20)))
    assert len(bomb) < 100_000
    assert "zip bomb" in refusal(bench, bomb, people, "rows.zip")


def test_archive_declares_too_much(bench, people, tmp_path):
    path = tmp_path / "big.zip"
    path.write_bytes(zipped(("a.csv", "x" * 900), ("b.csv", "y" * 900), method=zipfile.ZIP_STORED))
    with pytest.raises(FileRefusedError, match="MiB unpacked"), unpacked(path, ArchiveLimits(total=1000)):
        pass


def test_archive_whose_size_header_lies(bench, people):
    raw = bytearray(zipped(("rows.csv", b"ref,name,dob\n" + b"1,Ada,\n" * 100_000)))
    central = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, central + 24, 50)
    struct.pack_into("<I", raw, 22, 50)
    assert "larger than its header says" in refusal(bench, bytes(raw), people, "rows.zip")


def test_archive_in_an_archive(bench, people):
    inner = zipped(("rows.csv", CSV))
    assert refusal(bench, zipped(("inner.zip", inner)), people, "rows.zip") == "an archive inside the archive"
    assert (
        refusal(bench, zipped(("rows.csv", gzip.compress(b"x"))), people, "rows.zip")
        == "an archive inside the archive"
    )


def test_archive_of_very_many_members(bench, people):
    members = [(f"{n}.csv", "") for n in range(10_001)]
    assert "10,001 members" in refusal(bench, zipped(*members), people, "rows.zip")


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/x.csv", "C:\\x.csv", "a\\..\\x.csv", "a/../../x.csv"])
def test_archive_member_that_climbs(bench, people, name):
    assert "leads out of the folder" in refusal(bench, zipped((name, CSV)), people, "rows.zip")


def test_archive_member_that_is_a_link(bench, people):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("rows.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal(bench, buffer.getvalue(), people, "rows.zip") == "a member that is a link"


def test_archive_encrypted(bench, people):
    raw = bytearray(zipped(("rows.csv", CSV), method=zipfile.ZIP_STORED))
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    assert refusal(bench, bytes(raw), people, "rows.zip") == "it is encrypted"


def test_archive_with_overlapping_members(bench, people):
    raw = bytearray(zipped(("a.csv", CSV * 10), ("b.csv", CSV * 10), method=zipfile.ZIP_STORED))
    second = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, second + 42, 10)
    assert refusal(bench, bytes(raw), people, "rows.zip") == "members that overlap: a zip bomb"


@pytest.mark.parametrize("keep", [10, 60, 200])
def test_archive_cut_off(bench, people, keep):
    raw = zipped(("rows.csv", CSV * 1000))
    assert refusal(bench, raw[:keep], people, "rows.zip") == "a damaged or cut-off archive"
    rows = "".join(f"{n * n},Ada,\n" for n in range(1000))
    assert "damaged or cut-off" in refusal(bench, gzip.compress(rows.encode())[:keep], people, "rows.csv.gz")


def test_archive_gzip_bomb(bench, people):
    bomb = gzip.compress(b"0" * (60 << 20))
    assert "a bomb" in refusal(bench, bomb, people, "rows.csv.gz")


def test_archive_two_members_of_one_name(bench, people):
    assert "two members named rows.csv" in refusal(
        bench, zipped(("a/rows.csv", CSV), ("b/rows.csv", CSV)), people, "rows.zip"
    )


def workbook(*rows, title: str = "People") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_workbook_is_read(bench):
    import datetime

    content = workbook(
        ("ref", "name", "dob"), (1, "Ada", datetime.date(1980, 2, 1)), (None, None, None), ("2", "Bea", None)
    )
    summary = bench.load(content, SHEET, name="rows.xlsx")
    assert summary.counts() == {"read": 2, "loaded": 2, "unchanged": 0, "quarantined": 0, "waiting": 0}
    assert [e.properties.get("birth_date") for e in bench.entities()] == [("1980-02-01",), None]


def test_workbook_formulas_are_never_run_and_are_noted(bench):
    content = workbook(("ref", "name", "dob"), (1, "=1+1", None), (2, "Bea", None))
    summary = bench.load(content, SHEET, name="rows.xlsx")
    assert summary.loaded == 2
    assert any("it holds formulas" in warning for warning in summary.warnings)


def test_workbook_number_that_lost_its_zero_is_damaged(bench):
    mapping = (
        "files:\n  - format: xlsx\n    entities:\n      t: {type: Phone, key: {column: tel, clean: phone}}\n"
    )
    summary = bench.load(workbook(("tel",), (7700900123,), ("07700 900123",)), mapping, name="rows.xlsx")
    assert (summary.loaded, summary.quarantined) == (1, 1)
    assert "damaged number" in bench.refused()[0].reason


def test_workbook_sheet_by_name(bench):
    content = workbook(("ref", "name", "dob"), (1, "Ada", None), title="Nominals")
    assert (
        bench.load(
            content, SHEET.replace("format: xlsx", "format: xlsx\n    sheet: Nominals"), name="rows.xlsx"
        ).loaded
        == 1
    )
    assert bench.records()[0].file == "rows.xlsx#Nominals"
    with pytest.raises(FileRefusedError, match="no sheet 'Other'"):
        bench.load(content, SHEET.replace("format: xlsx", "format: xlsx\n    sheet: Other"), name="rows.xlsx")


def test_workbook_value_beyond_the_header_is_quarantined(bench):
    summary = bench.load(workbook(("ref", "name", "dob"), (1, "Ada", None, "stray")), SHEET, name="rows.xlsx")
    assert (summary.loaded, summary.quarantined) == (0, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no .xlsx workbook"),
        (b"ref,name\n", "no .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 100, "no .xlsx workbook"),
        (zipped(("a.txt", "x")), "no workbook"),
        (workbook(("ref",))[:500], "cut-off"),
        (workbook(), "the sheet is empty"),
        (workbook(("ref", "ref")), "more than one column"),
    ],
)
def test_workbook_that_is_none_is_refused(bench, content, reason):
    assert reason in refusal(bench, content, SHEET, "rows.xlsx")


def burst(megabytes: int) -> bytes:
    """A small workbook whose one name is very long."""
    good = workbook(("ref", "name", "dob"), (1, "AdaQuill", None))
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for item in source.namelist():
            target.writestr(item, source.read(item).replace(b"AdaQuill", b"A" * (megabytes << 20)))
    return buffer.getvalue()


def test_workbook_bomb_is_stopped_by_its_ratio(bench):
    bomb = burst(50)
    assert len(bomb) < 100_000
    assert "zip bomb" in refusal(bench, bomb, SHEET, "rows.xlsx")


def test_workbook_cell_bomb_takes_only_the_child_with_it(tmp_path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(burst(120))
    with pytest.raises(FileRefusedError, match=r"1 GiB of memory|above 1 MiB"):
        convert(path, "bomb.xlsx", "", tmp_path / "out.jsonl")


def test_workbook_macros_and_outside_links_are_noted(bench):
    buffer = io.BytesIO(workbook(("ref", "name", "dob"), (1, "Ada", None)))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<x/>")
    summary = bench.load(buffer.getvalue(), SHEET, name="rows.xlsx")
    assert summary.loaded == 1
    assert len([w for w in summary.warnings if "which were not" in w]) == 2
