"""Archives are unpacked under limits into a folder of our own, or refused before the first byte is written.

Sizes in headers are claims: the bytes that really come out are counted.
"""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Protocol

from ingest.errors import FileRefusedError

_CHUNK = 1 << 20
_SMALL = 1 << 20
_NAME_MAX = 200  # bytes: what every file system takes
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_NESTED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")
_ADVICE = "Unpack it yourself, look at what is inside, and load the files."


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """``ratio``: bytes out a byte in, for members above 1 MiB; ``total``: bytes out, all together."""

    ratio: int = 100
    total: int = 2 << 30
    members: int = 10_000


@contextmanager
def unpacked(path: Path, limits: ArchiveLimits) -> Generator[Path]:
    """A temporary folder with the files of a zip archive or of a gzip stream; gone at the end of the block.

    Raises:
        FileRefusedError: bomb, lie, nesting, links, odd names, password, damage.
    """
    with TemporaryDirectory(prefix="ocb-ingest-") as name:
        folder = Path(name)
        with path.open("rb") as stream:
            zipped = stream.read(2) == b"PK"
        if zipped:
            _unzip(path, folder, limits)
        else:
            _gunzip(path, folder, limits)
        yield folder


def check_zip(path: Path, limits: ArchiveLimits) -> list[zipfile.ZipInfo]:
    """The members of a zip archive, if all its claims are within ``limits``.

    Raises:
        FileRefusedError: they are not, or it is no whole zip archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _refused(path, "a damaged or cut-off archive") from error
    if len(members) > limits.members:
        raise _refused(path, f"{len(members):,} members (at most {limits.members:,})")
    if sum(member.file_size for member in members) > limits.total:
        raise _refused(path, f"more than {limits.total >> 20:,} MiB unpacked")
    for member in members:
        _check_member(path, member, limits)
    _check_overlap(path, members)
    return members


def _check_member(path: Path, member: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    odd = "\x00" in member.orig_filename or "\\" in member.orig_filename or ":" in member.filename
    if odd or name.is_absolute() or ".." in name.parts:
        raise _refused(path, "a member whose name leads out of the folder")
    if not 0 < len(name.name.encode("utf-8", "replace")) <= _NAME_MAX:
        raise _refused(path, f"a member without a name, or with one above {_NAME_MAX} bytes")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _refused(path, "a member that is a link")
    if member.flag_bits & 0x1:
        raise _refused(path, "it is encrypted", "Ask for it without a password, or unpack it yourself.")
    if member.compress_type not in _PACKED:
        raise _refused(path, "a member packed otherwise than as deflate", "Pack it again as a usual zip.")
    if member.file_size > _SMALL and member.file_size > limits.ratio * max(member.compress_size, 1):
        raise _refused(path, f"a member that grows more than {limits.ratio} times: a zip bomb")


def _check_overlap(path: Path, members: list[zipfile.ZipInfo]) -> None:
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            raise _refused(path, "members that overlap: a zip bomb")
        end = member.header_offset + 30 + member.compress_size


@contextmanager
def opened_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> Generator[IO[bytes]]:
    """One member of ``archive``, unpacked as it is read; ``path`` names the archive in errors.

    Raises:
        FileRefusedError: it is damaged, or its header says something else than the list of members.
    """
    reason = f"the member {PurePosixPath(member.filename).name} is damaged, or larger than its header says"
    try:
        source = archive.open(member)
    except (*_DAMAGED, OSError, ValueError) as error:
        raise _refused(path, reason) from error
    with source:
        try:
            yield source
        except _DAMAGED as error:
            raise _refused(path, reason) from error


def _unzip(path: Path, folder: Path, limits: ArchiveLimits) -> None:
    members, left, taken = check_zip(path, limits), limits.total, set[str]()
    with zipfile.ZipFile(path) as archive:
        for member in members:
            name = PurePosixPath(member.filename).name
            if name in taken:
                raise _refused(path, f"two members named {name}")
            taken.add(name)
            with opened_member(archive, member, path) as source:
                left -= _copy(source, folder / name, min(left, member.file_size), path)


def _gunzip(path: Path, folder: Path, limits: ArchiveLimits) -> None:
    room = min(limits.total, max(_SMALL, limits.ratio * path.stat().st_size))
    try:
        with gzip.open(path) as source:
            _copy(source, folder / path.name.removesuffix(".gz"), room, path)
    except (OSError, EOFError, zlib.error) as error:
        raise _refused(path, "a damaged or cut-off gzip stream") from error


def _copy(source: _Stream, target: Path, room: int, path: Path) -> int:
    """Copy at most ``room`` bytes; gives the number copied."""
    head, copied = b"", 0
    with target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            head = head or chunk[:4]
            copied += len(chunk)
            if copied > room:
                raise _refused(path, "more bytes come out than its header or the limits allow: a bomb")
            out.write(chunk)
    if head.startswith(_NESTED) and target.suffix.lower() != ".xlsx":
        raise _refused(path, "an archive inside the archive")
    return copied


def _refused(path: Path, reason: str, advice: str = _ADVICE) -> FileRefusedError:
    return FileRefusedError(path.name, reason, advice)
