"""The look at a ledger's file before SQLite opens it, so that a damaged one is refused and left as it is.

What SQLite would do by itself: take an empty file for a new database, throw away a write-ahead log (WAL) whose head is
damaged, and bring in one that belongs to another file. ``NAME.head`` holds the number of the last change that was
committed; where the file ends before it, its WAL is missing or an older copy was put in its place.
"""

import os
import sqlite3
import struct
from pathlib import Path

from graphcore.integrity.seal import seal_path
from graphcore.integrity.sums import sums_path

_MAGIC = b"SQLite format 3\x00"
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_LARGEST_LOOK = (
    1 << 28
)  # a WAL of a larger file is taken in without a look at the whole: ocb graph check has one
_ADVICE = (
    "The file was left as it is: keep it for inspection, and restore the last backup (ocb backup restore)"
)


def head_path(path: Path) -> Path:
    """Where the number of the last change lies."""
    return path.with_name(f"{path.name}.head")


def write_head(path: Path, number: int) -> None:
    """Put down that change ``number`` is committed; after the commit, so that a kill leaves it behind, never ahead."""
    file = os.open(head_path(path), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, f"{number:>20}\n".encode(), 0)
    finally:
        os.close(file)


def read_head(path: Path) -> int:
    """The last change that is known to be committed; 0 where nothing is known."""
    try:
        return int(head_path(path).read_bytes())
    except (OSError, ValueError):
        return 0


def fault_at_start(path: Path) -> str:
    """Why a file must not be opened, with what to do; "" where nothing speaks against it or there is none."""
    if not path.exists():
        return (
            f"it is missing though {wal_path(path).name} is there. {_ADVICE}" if _size(wal_path(path)) else ""
        )
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        return (
            "it cannot be written: a workspace is never opened for reading alone, because every read must be logged. "
            "Mount it for writing, see to its owner, or open a copy"
        )
    fault = _fault_of_file(path) or (_fault_of_wal(path) if _size(wal_path(path)) else "")
    return f"{fault}. {_ADVICE}" if fault else ""


def wal_path(path: Path) -> Path:
    """The write-ahead log of a file."""
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _fault_of_file(path: Path) -> str:
    size = path.stat().st_size
    if not size:
        known = seal_path(path).exists() or sums_path(path).exists() or head_path(path).exists()
        return "it is empty, and it was not" if known else ""
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(_MAGIC) or len(header) < 100:
        return "its header is damaged"
    page = _page_size(header)
    changed, pages, valid_for = (struct.unpack_from(">I", header, at)[0] for at in (24, 28, 92))
    if page < 512 or page & (page - 1):
        return "its header is damaged"
    if size % page or (changed == valid_for and size < pages * page and not _size(wal_path(path))):
        return f"it is cut off: {size:,} bytes of {pages * page:,}"
    return ""


def _page_size(header: bytes) -> int:
    page: int = struct.unpack_from(">H", header, 16)[0]
    return 1 << 16 if page == 1 else page


def _fault_of_wal(path: Path) -> str:
    with wal_path(path).open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        return ""  # a WAL that was begun and holds nothing
    magic, _, page = struct.unpack_from(">III", head)
    if magic not in _WAL_MAGIC or _checksum(head[:24], little=magic == _WAL_MAGIC[0]) != struct.unpack_from(
        ">II", head, 24
    ):
        return f"the head of {wal_path(path).name} is damaged, and what it holds was committed"
    with path.open("rb") as file:
        header = file.read(100)
    if header and page != _page_size(header):
        return f"{wal_path(path).name} belongs to another file"
    return ""


def _checksum(raw: bytes, *, little: bool) -> tuple[int, int]:
    """SQLite's checksum of a WAL header (sqlite.org/fileformat2.html, 4.2)."""
    words = struct.unpack(f"{'<' if little else '>'}{len(raw) // 4}I", raw)
    first = second = 0
    for at in range(0, len(words), 2):
        first = (first + words[at] + second) & 0xFFFFFFFF
        second = (second + words[at + 1] + first) & 0xFFFFFFFF
    return first, second


def fault_of_foreign_wal(path: Path) -> str:
    """Why the WAL beside a file must not be brought in; for whoever opens the file first after it was left unclean.

    The file is looked at through the WAL without writing, so what does not belong shows before it is in the file.
    """
    if not _size(wal_path(path)) or not _size(path):
        return ""
    own, both = _key_check(path, "immutable=1"), _key_check(path, "mode=ro")
    whole = path.stat().st_size > _LARGEST_LOOK or _is_consistent(path)
    if (own and own != both) or not whole:
        return f"{wal_path(path).name} does not belong to it, or is damaged. {_ADVICE}"
    return ""


def _key_check(path: Path, how: str) -> str:
    return _asked(path, how, "SELECT value FROM setting WHERE name = 'key_check'")


def _is_consistent(path: Path) -> bool:
    """Pages and indexes agree; SQLite's quick check does not look at indexes, where foreign pages show."""
    return _asked(path, "mode=ro", "PRAGMA integrity_check(1)") == "ok"


def _asked(path: Path, how: str, statement: str) -> str:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=5.0)
    try:
        row = connection.execute(statement).fetchone()
    except sqlite3.Error:
        return ""
    finally:
        connection.close()
    return str(row[0]) if row else ""
