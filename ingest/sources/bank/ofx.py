"""OFX statements, versions 1 (SGML without closing tags) and 2 (XML), by one reader of tags: no parser, no entities.

[belief] Tags as commonly published. A tag with text behind it is a value, one without begins a group. A declaration
(``<!``) is refused.
"""

import html
import re
from collections.abc import Iterable, Iterator

from ingest.errors import FileRefusedError
from ingest.readers.base import BadRow, shortened
from ingest.sources.bank.lines import Row, Statement

BUFFER_MAX = 1 << 20
TAG_MAX = 100
_ADVICE = "Export the statement anew as OFX, or as CSV."
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TRANSFER = {"BANKID", "ACCTID"}


def read(blocks: Iterable[str], file: str) -> Iterator[Row | BadRow]:
    """Rows of all statements in a text, in their order.

    Raises:
        FileRefusedError: no OFX, one with a declaration, or cut off inside a tag.
    """
    state = _State()
    seen = False
    for tag, text in _tags(blocks, file):
        seen = seen or tag == "OFX"
        yield from state.take(tag, text)
    if not seen:
        raise FileRefusedError(file, "no OFX: it has no tag OFX", _ADVICE)
    if state.line is not None:
        raise FileRefusedError(file, "cut off inside a booked line", _ADVICE)


def _tags(blocks: Iterable[str], file: str) -> Iterator[tuple[str, str]]:
    """Each tag in capitals with the text behind it; what stands before the first tag is the header."""
    buffer, started = "", False
    for block in _with_end(blocks):
        buffer += block if block is not None else "<"
        parts = buffer.split("<")
        buffer = parts.pop()
        if len(buffer) > BUFFER_MAX:
            raise FileRefusedError(file, "a value longer than 1 MiB", _ADVICE)
        for part in parts if started else parts[1:]:
            yield from _tag(part, file)
        if not started and parts:
            started = True


def _with_end(blocks: Iterable[str]) -> Iterator[str | None]:
    yield from blocks
    yield None


def _tag(part: str, file: str) -> Iterator[tuple[str, str]]:
    if part.startswith("!"):
        raise FileRefusedError(file, "a declaration (<!), which no statement needs", _ADVICE)
    name, closed, text = part.partition(">")
    if not closed:
        if part.strip():
            raise FileRefusedError(file, "a tag that does not end", _ADVICE)
        return
    if not name.startswith("?") and len(name) <= TAG_MAX:
        yield name.split(" ")[0].rstrip("/").upper(), " ".join(html.unescape(text).split())


class _State:
    """Where in the document we are: the account, the booked line and the balance that are being read."""

    def __init__(self) -> None:
        self.statement: Statement | None = None
        self.currency = ""
        self.account: dict[str, str] | None = None
        self.line: dict[str, str] | None = None
        self.other: dict[str, str] | None = None
        self.balance: dict[str, str] | None = None

    def take(self, tag: str, text: str) -> Iterator[Row | BadRow]:
        """One tag with its text."""
        if tag == "CURDEF":
            self.currency = text
        elif tag in ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"):
            self.account = {}
        elif tag in ("/BANKACCTFROM", "/CCACCTFROM", "/INVACCTFROM"):
            yield from self._account_end()
        elif tag in (
            "STMTTRN",
            "LEDGERBAL",
            "AVAILBAL",
            "BANKTRANLIST",
            "/BANKTRANLIST",
            "/LEDGERBAL",
            "/AVAILBAL",
        ):
            yield from self._group(tag)
        elif tag == "/STMTTRN":
            yield from self._line_end()
        else:
            self._value(tag, text)

    def _group(self, tag: str) -> Iterator[Row | BadRow]:
        if self.line is not None and tag != "STMTTRN":
            yield from self._line_end()
        if self.account is not None:
            yield from self._account_end()
        if tag == "STMTTRN":
            if self.line is not None:
                yield from self._line_end()
            self.line = {}
        elif tag in ("LEDGERBAL", "AVAILBAL"):
            self.balance = {"kind": "ledger" if tag == "LEDGERBAL" else "available"}
        elif tag in ("/LEDGERBAL", "/AVAILBAL"):
            yield from self._balance_end()

    def _value(self, tag: str, text: str) -> None:
        if tag in ("BANKACCTTO", "CCACCTTO"):
            self.other = {}
        elif tag in ("/BANKACCTTO", "/CCACCTTO"):
            if self.line is not None and self.other is not None:
                self.line["OTHER"] = " ".join(
                    self.other.get(name, "") for name in ("BANKID", "ACCTID")
                ).strip()
            self.other = None
        elif not text or tag.startswith("/"):
            return
        elif self.other is not None:
            self.other[tag] = text
            if self.line is not None and self.other.keys() >= _TRANSFER:
                self.line["OTHER"] = f"{self.other['BANKID']} {self.other['ACCTID']}"
        elif self.line is not None:
            self.line.setdefault(tag, text)
        elif self.balance is not None:
            self.balance[tag] = text
        elif self.account is not None:
            self.account[tag] = text

    def _account_end(self) -> Iterator[Row | BadRow]:
        given, self.account = self.account or {}, None
        bank, number = given.get("BANKID", ""), given.get("ACCTID", "")
        if not number:
            yield BadRow("ACCTID", "an account without a number", shortened(str(given)))
            return
        sort_code = re.fullmatch(r"\d{2}-?\d{2}-?\d{2}", bank) and re.fullmatch(r"\d{8}", number)
        whole = f"{bank} {number}" if sort_code else number
        self.statement = Statement(whole, self.currency, bank="" if sort_code else bank)
        yield self.statement.row()

    def _balance_end(self) -> Iterator[Row | BadRow]:
        given, self.balance = self.balance or {}, None
        if self.statement is not None and "BALAMT" in given:
            on = _on(given.get("DTASOF", ""))
            yield self.statement.balance(given["kind"], given["BALAMT"], self.currency, on)

    def _line_end(self) -> Iterator[Row | BadRow]:
        given, self.line, self.other = self.line or {}, None, None
        if self.statement is None:
            yield BadRow("ACCTID", "a booked line before any account", shortened(str(given)))
            return
        yield self.statement.line({
            "amount": given.get("TRNAMT", ""),
            "currency": given.get("CURSYM", "") or self.currency,
            "booked_on": _on(given.get("DTPOSTED", "")),
            "kind": given.get("TRNTYPE", ""),
            "bank_reference": given.get("FITID", ""),
            "own_reference": given.get("CHECKNUM", "") or given.get("REFNUM", ""),
            "description": given.get("MEMO", "") or given.get("NAME", ""),
            "counterparty_name": given.get("NAME", ""),
            "counterparty_account": given.get("OTHER", ""),
        })  # fmt: skip


def _on(text: str) -> str:
    """The day of ``yyyymmddhhmmss.xxx[zone]``; anything else as received, for the mapping to refuse."""
    found = _DATE.match(text)
    return f"{found[1]}-{found[2]}-{found[3]}" if found else text
