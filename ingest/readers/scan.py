"""One pass over the bytes of a file: its encoding proven to the end, and signs that ask for more care."""

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import FileRefusedError
from ingest.readers.base import LINE_MAX
from ingest.readers.pace import step

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ESCAPES = re.compile(rb"\\u([dD][89a-fA-F]|0000)")
_SINGLE_BYTE = ("cp1252", "iso-8859-1")
_MAGIC = (
    (b"PK\x03\x04", "a zip archive (or an Office file)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip stream"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.xls, .doc) or one with a password"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x05\x95", "a Python pickle"),
    (b"PAR1", "a Parquet file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 stream"),
)


@dataclass(frozen=True, slots=True)
class Scan:
    """``encoding`` is one Python codec name under which every byte decodes; ``start`` the first byte behind a UTF-8 mark."""

    file: str
    encoding: str
    nul: bool
    odd_escapes: bool
    first: str
    digest: str

    @property
    def start(self) -> int:
        """Number of bytes of a UTF-8 byte order mark."""
        return 3 if self.encoding == "utf-8-sig" else 0


def content_name(head: bytes) -> str | None:
    """What a file is by its first bytes, None where they look like text."""
    named = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if named is None and head[:512].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return "an HTML or XML document"
    if head[257:262] == b"ustar":
        return "a tar archive"
    return named


def digest_of(path: Path) -> str:
    """BLAKE2b-256 of a file, hexadecimal."""
    state, size, done = _digest(), path.stat().st_size, 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            state.update(chunk)
            done += len(chunk)
            step(done, size)
    return state.hexdigest()


def _digest() -> "hashlib.blake2b":
    return hashlib.blake2b(digest_size=32)


def scan_text(path: Path, file: str, declared: str, *, lines: bool) -> Scan:
    """Read a text file once; its digest comes out of the same pass.

    Args:
        path: The file.
        file: Its name for messages and lineage.
        declared: Encoding that the mapping names; a byte order mark wins over it.
        lines: True if the file must have line ends (an over-long line is refused).

    Raises:
        FileRefusedError: empty, not text, not in its encoding, or with a line too long to read.
    """
    decoder, longest = None, _LineRun()
    nul = odd = False
    first, encoding, tail = "", declared, b""
    digest, size, done = _digest(), path.stat().st_size, 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            step(done, size)
            if decoder is None:
                encoding = _encoding(chunk, file, declared)
                decoder = codecs.getincrementaldecoder(encoding)("strict")
            text = _decoded(decoder, chunk, file, encoding, path)
            first = first or text.lstrip()[:1]
            nul = nul or "\x00" in text
            odd = odd or bool(_ESCAPES.search(tail + chunk))
            if lines:
                longest.add(chunk, file)
            tail = chunk[-8:]
    if decoder is None:
        raise FileRefusedError(file, "the file is empty", "Ask the supplier for it again.")
    _decoded(decoder, b"", file, encoding, path)
    if encoding in _SINGLE_BYTE:
        _not_utf8_after_all(path, file, encoding)
    return Scan(file, encoding, nul, odd, first, digest.hexdigest())


@dataclass(slots=True)
class _LineRun:
    """Bytes since the last line end, over all chunks."""

    run: int = 0

    def add(self, chunk: bytes, file: str) -> None:
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self.run = self.run + len(chunk) if last < 0 else len(chunk) - last - 1
        if self.run > LINE_MAX:
            raise FileRefusedError(
                file, "a line longer than 16 MiB", "Check that the file is what its name says."
            )


def _encoding(head: bytes, file: str, declared: str) -> str:
    found = content_name(head)
    if found is not None:
        raise FileRefusedError(
            file, f"its content is {found}, not text", "Export it as text, or name the right format."
        )
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if not declared.startswith("utf-16") and head[:4096].count(0) > len(head[:4096]) // 4:
        raise FileRefusedError(
            file,
            "it looks like UTF-16 without a byte order mark",
            "Set encoding: utf-16-le in the mapping, or save it as UTF-8.",
        )
    return declared


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, file: str, encoding: str, path: Path) -> str:
    try:
        return decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        line = _line_of_fault(path, encoding)
        advice = "If it was saved by Excel on Windows, set encoding: cp1252 in the mapping; else ask for it in UTF-8."
        raise FileRefusedError(file, f"not in the encoding {encoding} (line {line})", advice) from error


def _line_of_fault(path: Path, encoding: str) -> int:
    """Number of the first line that does not decode; the file is read once more, but only for a refusal."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(_CHUNK), b""), start=1):
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return number
    return number  # pyright: ignore[reportPossiblyUnboundVariable] - a file that fails has a line


def _not_utf8_after_all(path: Path, file: str, encoding: str) -> None:
    decoder, beyond_ascii = codecs.getincrementaldecoder("utf-8")("strict"), False
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                beyond_ascii = beyond_ascii or not chunk.isascii()
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return
    if beyond_ascii:
        raise FileRefusedError(
            file,
            f"the mapping says {encoding}, but the file is UTF-8",
            "Take the word encoding out of the mapping.",
        )
