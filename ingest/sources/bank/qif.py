"""QIF exports: one letter a line, a caret after each entry. An export without an account block names no account.

[belief] Letters as commonly published. Years of two digits are refused by the mapping's own rule for dates, but for the
form ``3/4'26``, whose apostrophe says 2026.
"""

import re
from collections.abc import Iterable, Iterator

from ingest.readers.base import BadRow, shortened
from ingest.sources.bank.lines import Row, Statement

LINE_MAX = 10_000
ENTRY_MAX = 500
_SHORT = re.compile(r"(\d{1,2})[/.-]\s?(\d{1,2})'\s?(\d{2})")
_BOOKED = ("bank", "cash", "ccard", "oth a", "oth l")


def read(lines: Iterable[str]) -> Iterator[Row | BadRow]:
    """Rows of all accounts in a text."""
    statement: Statement | None = None
    kind, entry = "", dict[str, str]()
    for line in lines:
        text = line.rstrip("\r\n")[:LINE_MAX]
        if text.startswith("!"):
            kind, entry = text[1:].strip().lower(), {}
        elif text.startswith("^"):
            if kind == "account":
                statement = Statement(entry.get("N", "").strip(), holder="", bank="")
                yield statement.row() if statement.account else _bad("an account without a name", entry)
            elif kind.removeprefix("type:") in _BOOKED and entry:
                yield _booked(statement, entry)
            entry = {}
        elif text[:1].strip() and len(entry) < ENTRY_MAX:
            entry[text[0]] = (
                f"{entry[text[0]]} {text[1:]}" if text[0] == "A" and "A" in entry else text[1:].strip()
            )
    if entry and kind != "account" and kind:
        yield _bad("cut off: no ^ behind the last entry", entry)


def _booked(statement: Statement | None, entry: dict[str, str]) -> Row | BadRow:
    if statement is None or not statement.account:
        return _bad(
            "no account stands before it: export with the account list, or as CSV with the account", entry
        )
    return statement.line({
        "amount": entry.get("T", "") or entry.get("U", ""),
        "booked_on": _SHORT.sub(r"\1/\2/20\3", entry.get("D", "")),
        "kind": entry.get("L", ""),
        "own_reference": entry.get("N", ""),
        "description": entry.get("M", "") or entry.get("P", ""),
        "counterparty_name": entry.get("P", ""),
    })  # fmt: skip


def _bad(reason: str, entry: dict[str, str]) -> BadRow:
    return BadRow("account" if "account" in reason else "entry", reason, shortened(str(entry)))
