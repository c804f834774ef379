"""Bank statements told apart by their first characters: camt (XML), OFX, MT940, QIF. Streamed; each pass gives the same rows."""

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow, Rows
from ingest.readers.items import Items
from ingest.sources.bank import camt, mt940, ofx, qif
from ingest.sources.bank.lines import Row

_HEAD = 4_096
_BLOCK = 1 << 16
_ADVICE = "Give the statement as camt.053, OFX, MT940 or QIF, or as CSV with a mapping."
_LINE_MAX = 1 << 20


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """The rows of one statement file.

    Raises:
        FileRefusedError: none of these formats, or one that is damaged as a whole.
    """
    return Items(file, lambda: _read(path, file, section.encoding), advice=_ADVICE)


def _read(path: Path, file: str, encoding: str) -> Iterator[Row | BadRow]:
    form = _form(path, file)
    if form == "camt":
        with path.open("rb") as stream:
            yield from camt.read(stream, file)
        return
    try:
        if form == "ofx":
            yield from ofx.read(_blocks(path, encoding), file)
        else:
            yield from (mt940.read if form == "mt940" else qif.read)(_lines(path, file, encoding))
    except UnicodeDecodeError as error:
        advice = "Name its encoding in the mapping (encoding: cp1252), or get it as UTF-8."
        raise FileRefusedError(file, f"its text is not {encoding}", advice) from error


def _form(path: Path, file: str) -> str:
    with path.open("rb") as stream:
        head = stream.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n")
    upper = head.upper()
    if b"OFXHEADER" in upper or b"<OFX" in upper:
        return "ofx"
    if head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return "camt"
    if head.startswith((b"{1:", b":20:", b":25:")) or b"\n:20:" in head or b"\n:25:" in head:
        return "mt940"
    if upper.startswith((b"!TYPE", b"!ACCOUNT", b"!OPTION", b"!CLEAR")):
        return "qif"
    raise FileRefusedError(file, "no bank statement that is known by its beginning", _ADVICE)


def _text_encoding(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _lines(path: Path, file: str, encoding: str) -> Iterator[str]:
    with path.open(encoding=_text_encoding(encoding), newline=None) as stream:
        while line := stream.readline(_LINE_MAX):
            if len(line) >= _LINE_MAX:
                raise FileRefusedError(file, "a line longer than 1 MiB", _ADVICE)
            yield line


def _blocks(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=_text_encoding(encoding), newline=None) as stream:
        while block := stream.read(_BLOCK):
            yield block
