"""Parquet: every value exact, rows in bounded pieces, and no bytes that end or hang anything but the child."""

from __future__ import annotations

import datetime as dt
import io
import random
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords
from ingest.readers import open_rows
from ingest.readers import parquet as parquet_module
from ingest.readers.base import BadRow


def section(**words) -> FileWords:
    return FileWords.model_validate(
        {"format": "parquet", "entities": {"p": {"type": "Person", "key": "ref"}}, **words}
    )


def write(path: Path, table: pa.Table, **more) -> Path:
    pq.write_table(table, path, **more)
    return path


def read(path: Path) -> list:
    rows = open_rows(path, path.name, section())
    found = list(rows.rows())
    assert rows.total == len(found)
    return found


def test_parquet_values_are_exact(tmp_path):
    table = pa.table(
        {
            "id": pa.array([2**53 + 1, None], pa.int64()),
            "big": pa.array([2**64 - 1, None], pa.uint64()),
            "amount": pa.array([Decimal("12.30"), None], pa.decimal128(20, 2)),
            "wide": pa.array([Decimal(10) ** 50, None], pa.decimal256(60, 1)),
            "ns": pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns")),
            "zoned": pa.array([1_700_000_000_123_456, None], pa.timestamp("us", tz="America/New_York")),
            "day": pa.array([dt.date(2026, 1, 5), None]),
            "word": pa.array(["é\n", None]).dictionary_encode(),
            "raw": pa.array([b"\xff\x00", b"abc"]),
            "odd": pa.array([float("nan"), float("inf")]),
            "inside": pa.array([{"when": dt.datetime(2026, 1, 1), "who": {"name": "Ada"}}, None]),  # noqa: DTZ001
            "list": pa.array([["a", "b"], None]),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int32())),
        }
    )
    first, second = read(write(tmp_path / "a.parquet", table))
    assert first == {
        "id": 2**53 + 1,
        "big": 2**64 - 1,
        "amount": "12.30",
        "wide": str(10**50) + ".0",
        "ns": "2023-11-14 22:13:20.123456789",
        "zoned": "2023-11-14 22:13:20.123456Z",
        "day": "2026-01-05",
        "word": "é\n",
        "raw": "ff00",
        "odd": None,
        "inside": {"when": "2026-01-01 00:00:00.000000", "who": {"name": "Ada"}},
        "list": ["a", "b"],
        "map": [{"key": "k", "value": 1}],
    }
    assert second == {**dict.fromkeys(first), "raw": "abc", "odd": "inf"}


MAPPING = """files:
  - match: "*.parquet"
    format: {form}
    required: [ref]
    entities:
      p: {{type: Person, key: ref, properties: {{name: who.name, birth_date: born}}}}
    repeat:
      - over: phones
        as: phone
        entities:
          f: {{type: Phone, key: {{column: phone, clean: phone}}}}
"""


@pytest.mark.parametrize("form", ["parquet", "auto"])
def test_parquet_loads_with_dotted_paths_and_lists(bench, form):
    table = pa.table(
        {
            "ref": pa.array([1, 2, None], pa.int64()),
            "who": pa.array([{"name": "Ada"}, {"name": "Bea"}, {"name": "Cy"}]),
            "born": pa.array([dt.date(1986, 4, 3), None, None]),
            "phones": pa.array([["07700 900123", "07700 900124"], [], None]),
            "more": ["a", "b", "c"],
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=1)
    summary = bench.load(sink.getvalue(), MAPPING.format(form=form), name="x.parquet")
    assert (summary.loaded, summary.quarantined) == (4, 1)
    ada = bench.entities("Person")[0]
    assert (ada.caption, ada.properties["birth_date"]) == ("Ada", ("1986-04-03",))
    assert len(bench.entities("Phone")) == 2
    assert any("more: attribute not in the mapping" in text for text in summary.warnings)
    assert bench.refused()[0].field == "ref"


def test_parquet_column_that_is_not_there_refuses_the_file(bench):
    sink = io.BytesIO()
    pq.write_table(pa.table({"ref": [1], "who": [{"nom": "Ada"}]}), sink)
    with pytest.raises(FileRefusedError, match=r"lacks the column 'born', 'phones', 'who.name'"):
        bench.load(sink.getvalue(), MAPPING.format(form="parquet"), name="x.parquet")
    assert bench.counts() == (0, 0)


def test_parquet_text_with_a_nul_is_one_bad_row(tmp_path):
    first, second = read(write(tmp_path / "a.parquet", pa.table({"ref": ["a\x00b", "c"]})))
    assert isinstance(first, BadRow)
    assert first.reason == "a NUL character"
    assert second == {"ref": "c"}


def test_parquet_rows_can_be_read_twice_and_left_early(tmp_path):
    rows = open_rows(
        write(tmp_path / "a.parquet", pa.table({"ref": list(range(5_000))}), row_group_size=500),
        "a",
        section(),
    )
    once = rows.rows()
    assert next(once) == {"ref": 0}
    once.close()  # type: ignore[attr-defined]
    assert sum(row["ref"] for row in rows.rows()) == sum(range(5_000))  # type: ignore[index]
    assert rows.total == 5_000


def test_parquet_empty_table_is_noted(tmp_path):
    rows = open_rows(
        write(tmp_path / "a.parquet", pa.table({"ref": pa.array([], pa.string())})), "a", section()
    )
    assert (rows.total, rows.notes) == (0, ("it has columns and no rows",))


def _good(codec: str = "snappy") -> bytes:
    sink = io.BytesIO()
    names = [f"Invented {n}" for n in range(300)]
    pq.write_table(pa.table({"ref": list(range(300)), "name": names}), sink, compression=codec)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "damaged"),
        (b"PAR1", "damaged"),
        (b"PAR1PAR1", "damaged"),
        (b"PARE" + b"\0" * 40 + b"PARE", "encrypted"),
        (b"ref,name\n1,Ada\n", "damaged"),
        (_good()[:-100], "damaged"),
        (_good()[: len(_good()) // 2], "damaged"),
        (b"PAR1" + b"\xff" * 64 + b"\xff\xff\xff\x7fPAR1", "damaged"),
    ],
)
def test_parquet_that_is_none_is_refused_with_a_reason(tmp_path, raw, reason):
    path = tmp_path / "a.parquet"
    path.write_bytes(raw)
    with pytest.raises(FileRefusedError, match=reason) as caught:
        read(path)
    assert "a.parquet: refused" in str(caught.value)
    assert "CSV or JSON lines" in str(caught.value)


def test_parquet_given_as_text_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(_good())
    with pytest.raises(FileRefusedError, match="a Parquet file"):
        open_rows(path, "a.csv", section(format="csv"))


def test_parquet_bombs_are_refused(tmp_path):
    many = pa.table({"ref": pa.nulls(20_000_000, pa.int8())})
    path = write(tmp_path / "rows.parquet", many, compression="zstd")
    assert path.stat().st_size < 60_000
    with pytest.raises(FileRefusedError, match="a bomb"):
        read(path)
    path = write(tmp_path / "cell.parquet", pa.table({"ref": ["x" * (2 << 20)]}), compression="zstd")
    with pytest.raises(FileRefusedError, match="a cell above 1 MiB"):
        read(path)


def test_parquet_columns_of_one_name_are_refused(tmp_path):
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["ref", "ref"])
    with pytest.raises(FileRefusedError, match="more than one column of one name"):
        read(write(tmp_path / "a.parquet", table))


def test_parquet_child_that_says_nothing_is_ended(tmp_path, monkeypatch):
    asleep = tmp_path / "asleep.py"
    asleep.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(parquet_module, "_CHILD", asleep)
    monkeypatch.setattr(parquet_module, "_STALLED_S", 0.3)
    with pytest.raises(FileRefusedError, match="takes too long"):
        read(write(tmp_path / "a.parquet", pa.table({"ref": [1]})))


def test_parquet_child_that_dies_is_a_refusal(tmp_path, monkeypatch):
    dying = tmp_path / "dying.py"
    dying.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(parquet_module, "_CHILD", dying)
    with pytest.raises(FileRefusedError, match="makes the decoder fail"):
        read(write(tmp_path / "a.parquet", pa.table({"ref": [1]})))


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd"])
def test_parquet_damaged_bytes_end_in_rows_or_a_refusal(tmp_path, codec):
    """A fixed walk through damage: flipped, cut and repeated bytes, most of them in the footer that describes the rest."""
    rng, good = random.Random(20_260_301), _good(codec)
    path, refused = tmp_path / "a.parquet", 0
    for _ in range(12):
        raw = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(raw) // 2 if rng.random() < 0.3 else 0, len(raw) - 8)
            raw[place] = rng.randrange(256)
        if rng.random() < 0.2:
            raw = raw[: rng.randrange(8, len(raw))] + raw[-8:]
        path.write_bytes(raw)
        try:
            assert len(read(path)) >= 0
        except FileRefusedError:
            refused += 1
    assert refused > 0
