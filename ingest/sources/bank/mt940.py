"""SWIFT MT940 statements, read line by line: tags 20, 25, 28C, 60, 61, 62, 86, and the narrative's usual sub-fields.

[belief] No standard text was read: the layout is the commonly published one, and banks differ in field 86. A line that
cannot be read is a refused row and the next one goes on; nothing is kept but the statement that is being read.
"""

import re
from collections.abc import Iterable, Iterator

from ingest.readers.base import BadRow, shortened
from ingest.sources.bank.lines import Row, Statement

FIELD_MAX = 10_000
_TAG = re.compile(r":(\d{2}[A-Z]?):(.*)", re.DOTALL)
_LINE = re.compile(
    r"(?P<date>\d{6})(?P<entry>\d{4})?(?P<side>R?[CD]|E[CD])(?P<funds>[A-Z])?(?P<amount>\d{1,15},\d{0,4})"
    r"(?P<kind>[A-Z][A-Z0-9]{3})?(?P<own>[^\n/]{0,35}(?:/[^\n/]{1,35})*)?(?://(?P<bank>[^\n]{0,35}))?(?:\n(?P<more>[^\n]*))?",
)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15},\d{0,4})")
_SUB_FIELD = re.compile(r"[?>](\d{2})")
_SLASHED = re.compile(
    r"/(IBAN|NAME|BENM|ORDP|CNTP|BIC|REMI|EREF|ISDT|TRTP|ADDR|CSID|MARF|ID|SWOC|ULTC|PURP|RTRN|ACCW|INTERNAL)/"
)
_KINDS = {"60F": "opening", "60M": "opening", "62F": "closing", "62M": "closing", "64": "available"}
_CURRENCY_BEHIND = re.compile(r"(?<=\d)\s*[A-Z]{3}$")


def read(lines: Iterable[str]) -> Iterator[Row | BadRow]:
    """Rows of all statements in a text. A file without a field 25 has no account, and gives no row but refused ones."""
    statement: Statement | None = None
    waiting: tuple[str, str] | None = None  # field 61 and its narrative so far
    for tag, text in _fields(lines):
        if waiting is not None and tag == "86":
            waiting = (waiting[0], text)
            continue
        if waiting is not None:
            yield _booked(statement, *waiting)
            waiting = None
        if tag == "25":
            statement = Statement(_account(text))
            yield statement.row()
        elif tag == "61":
            waiting = (text, "")
        elif tag in _KINDS:
            yield from _balance(statement, tag, text)
    if waiting is not None:
        yield _booked(statement, *waiting)


def _fields(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Tag and text of each field; what stands before the first tag, and block marks, say nothing."""
    tag, parts, size = "", list[str](), 0
    for received in lines:
        line = received.rstrip("\r\n")
        found = _TAG.match(line)
        if found or line.startswith(("-}", "{1:", "{2:")) or line == "-":
            if tag:
                yield tag, "\n".join(parts)
            tag, parts, size = (found[1], [found[2]], len(found[2])) if found else ("", [], 0)
        elif tag and size < FIELD_MAX:
            parts.append(line)
            size += len(line)
    if tag:
        yield tag, "\n".join(parts)


def _account(text: str) -> str:
    """``112233/10000001`` is a sort code and number; a currency behind the number is no part of it."""
    first = text.split("\n", maxsplit=1)[0].strip()
    return _CURRENCY_BEHIND.sub("", first).replace("/", " ").strip()


def _balance(statement: Statement | None, tag: str, text: str) -> Iterator[Row | BadRow]:
    found = _BALANCE.fullmatch(text.strip())
    if statement is None or found is None:
        yield BadRow(tag, "not a balance, or one before any account", shortened(text))
        return
    statement.currency = statement.currency or found[3]
    sign = "-" if found[1] == "D" else ""
    yield statement.balance(_KINDS[tag], sign + _point(found[4]), found[3], _date(found[2]))


def _booked(statement: Statement | None, text: str, narrative: str) -> Row | BadRow:
    if statement is None:
        return BadRow("25", "a booked line before any account", shortened(text))
    found = _LINE.fullmatch(text)
    if found is None:
        return BadRow("61", "not a booked line of MT940", shortened(text))
    minus = found["side"] in ("D", "RC", "ED")
    parts = narrative_parts(narrative)
    own = (found["own"] or "").strip()
    description = " ".join(word for word in (parts.get("text", ""), found["more"] or "") if word)
    return statement.line({
        "amount": ("-" if minus else "") + _point(found["amount"]),
        "booked_on": _date(found["date"]),
        "kind": ("reversal " if found["side"].startswith("R") else "") + (found["kind"] or ""),
        "bank_reference": (found["bank"] or "").strip(),
        "own_reference": "" if own == "NONREF" else own,
        "description": description,
        "counterparty_name": parts.get("name", ""),
        "counterparty_account": parts.get("account", ""),
    })  # fmt: skip


def narrative_parts(narrative: str) -> dict[str, str]:
    """Name, account and text of field 86, in its two usual forms; else the whole of it is text."""
    joined = narrative.replace("\n", "")
    pieces = _SUB_FIELD.split(joined)
    if len(pieces) > 2:
        named = [*zip(pieces[1::2], pieces[2::2], strict=True)]
        return {
            "text": " ".join(
                text for code, text in named if "20" <= code <= "29" or "60" <= code <= "63"
            ).strip(),
            "account": "".join(text for code, text in named if code in ("31", "38")).strip(),
            "name": " ".join(text for code, text in named if code in ("32", "33")).strip(),
        }
    pieces = _SLASHED.split(joined)
    if len(pieces) > 2:
        found = dict(zip(pieces[1::2], pieces[2::2], strict=True))
        text = found.get("REMI", "") or found.get("EREF", "")
        return {
            "text": text.strip("/ "),
            "account": found.get("IBAN", "").strip("/ "),
            "name": found.get("NAME", "").strip("/ "),
        }
    return {"text": " ".join(narrative.split())}


def _point(amount: str) -> str:
    whole, _, rest = amount.partition(",")
    return f"{whole}.{rest}" if rest else whole


def _date(text: str) -> str:
    """``yymmdd`` with its century: statements begin in the 1980s."""
    year = int(text[:2])
    return f"{1900 + year if year >= 80 else 2000 + year}-{text[2:4]}-{text[4:]}"
