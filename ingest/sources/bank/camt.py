"""ISO 20022 camt.053 (and .052, .054) statements, streamed: one entry is held at a time, and let go when it is told.

[belief] The element names are the commonly published ones; any version of the name space is taken. DOCTYPE and entities are
refused, and so are depth and size that no statement has.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.errors import FileRefusedError
from ingest.readers.base import BadRow, shortened
from ingest.sources.bank.lines import Row, Statement

DEPTH_MAX = 64
ENTRY_MAX = 1 << 24  # bytes between two entries
_BALANCES = {"OPBD": "opening", "PRCD": "opening", "CLBD": "closing", "CLAV": "available", "ITBD": "interim"}
_ADVICE = "Get the statement from the bank anew, as camt.053."


class _Bounded:
    """A file that refuses to give more than ``ENTRY_MAX`` bytes without anything having been taken out of it."""

    def __init__(self, stream: IO[bytes], file: str) -> None:
        self._stream, self._file = stream, file
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """See io."""
        block = self._stream.read(size if size > 0 else 1 << 16)
        self.since += len(block)
        if self.since > ENTRY_MAX:
            raise FileRefusedError(self._file, f"one entry is larger than {ENTRY_MAX >> 20} MiB", _ADVICE)
        return block


def read(stream: IO[bytes], file: str) -> Iterator[Row | BadRow]:
    """Rows of all statements in a document.

    Raises:
        FileRefusedError: not XML, with a DOCTYPE or entities, too deep, or no statement in it.
    """
    bounded = _Bounded(stream, file)
    try:
        yield from _statements(bounded, file)
    except DefusedXmlException as error:
        raise FileRefusedError(file, "XML with a DOCTYPE or entities", _ADVICE) from error
    except (ParseError, LookupError, ValueError) as error:
        raise FileRefusedError(file, "XML that is damaged or cut off", _ADVICE) from error


def _statements(bounded: _Bounded, file: str) -> Iterator[Row | BadRow]:
    parents: list[Element] = []
    statement: Statement | None = None
    found = False
    events = iterparse(bounded, ("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    for event, element in events:
        name = _name(element)
        if event == "start":
            parents.append(element)
            if len(parents) > DEPTH_MAX:
                raise FileRefusedError(file, f"XML nested deeper than {DEPTH_MAX}", _ADVICE)
            if name in ("Stmt", "Rpt", "Ntfctn"):
                statement, found = None, True
            continue
        parents.pop()
        if name == "Acct" and parents and _name(parents[-1]) in ("Stmt", "Rpt", "Ntfctn"):
            statement = _account(element)
            yield statement.row()
        elif name == "Bal" and statement is not None:
            yield _balance(statement, element)
        elif name == "Ntry":
            yield from _entry(statement, element)
        else:
            continue
        bounded.since = 0
        element.clear()
        if parents:
            parents[-1].remove(element)
    if not found:
        raise FileRefusedError(file, "XML that holds no bank statement (camt.052, .053 or .054)", _ADVICE)


def _account(element: Element) -> Statement:
    number = _text(element, "Id/IBAN") or _text(element, "Id/Othr/Id")
    bank = _text(element, "Svcr/FinInstnId/BICFI") or _text(element, "Svcr/FinInstnId/BIC")
    return Statement(number, _text(element, "Ccy"), _text(element, "Ownr/Nm"), bank)


def _balance(statement: Statement, element: Element) -> Row:
    kind = _text(element, "Tp/CdOrPrtry/Cd")
    sign = "-" if _text(element, "CdtDbtInd") == "DBIT" else ""
    on = (_text(element, "Dt/Dt") or _text(element, "Dt/DtTm"))[:10]
    return statement.balance(_BALANCES.get(kind, kind), sign + _text(element, "Amt"), _currency(element), on)


def _entry(statement: Statement | None, entry: Element) -> Iterator[Row | BadRow]:
    if statement is None or not statement.account:
        yield BadRow("Acct", "an entry before any account with a number", _shown(entry))
        return
    details = [item for part in _children(entry, "NtryDtls") for item in _children(part, "TxDtls")]
    amounts = [_text(one, "Amt") or _text(one, "AmtDtls/TxAmt/Amt") for one in details]
    if len(details) > 1 and _add_up(amounts, _text(entry, "Amt")):
        for one, amount in zip(details, amounts, strict=True):
            yield _line(statement, entry, one, amount)
    else:
        yield _line(statement, entry, details[0] if len(details) == 1 else None, "")


def _add_up(amounts: list[str], whole: str) -> bool:
    """True where the parts make the whole: amounts in another currency do not, and the entry is then one line."""
    try:
        return sum(Decimal(amount) for amount in amounts) == Decimal(whole)
    except InvalidOperation:
        return False


def _line(statement: Statement, entry: Element, detail: Element | None, amount: str) -> Row | BadRow:
    side = (_text(detail, "CdtDbtInd") if detail is not None else "") or _text(entry, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        return BadRow("CdtDbtInd", "neither credit nor debit", _shown(entry))
    debit = side == "DBIT"  # a reversal says the side on which it is booked
    parts = detail if detail is not None else entry
    party = "Cdtr" if debit else "Dbtr"
    name = _text(parts, f"RltdPties/{party}/Nm") or _text(parts, f"RltdPties/{party}/Pty/Nm")
    account = f"RltdPties/{party}Acct/Id/"
    references = [_text(entry, "AcctSvcrRef"), _text(parts, "Refs/AcctSvcrRef"), _text(parts, "Refs/TxId")]
    whole = amount or _text(entry, "Amt")
    return statement.line({
        "amount": ("-" if debit else "") + whole,
        "currency": _currency(entry),
        "booked_on": (_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm"))[:10],
        "valued_on": (_text(entry, "ValDt/Dt") or _text(entry, "ValDt/DtTm"))[:10],
        "kind": ("reversal " if _text(entry, "RvslInd") == "true" else "") + _text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd"),
        "status": _text(entry, "Sts/Cd") or _text(entry, "Sts"),
        "bank_reference": " ".join(dict.fromkeys(one for one in references if one)),
        "own_reference": _text(parts, "Refs/EndToEndId").replace("NOTPROVIDED", ""),
        "description": " ".join(_texts(parts, "RmtInf/Ustrd")) or _text(entry, "AddtlNtryInf"),
        "counterparty_name": name,
        "counterparty_account": _text(parts, account + "IBAN") or _text(parts, account + "Othr/Id"),
    })  # fmt: skip


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _texts(element: Element, path: str) -> list[str]:
    found = [element]
    for name in path.split("/"):
        found = [child for one in found for child in _children(one, name)]
    return [" ".join((one.text or "").split()) for one in found]


def _text(element: Element, path: str) -> str:
    return next(iter(_texts(element, path)), "")


def _currency(element: Element) -> str:
    return next((child.get("Ccy", "") for child in _children(element, "Amt")), "")


def _shown(element: Element) -> str:
    return shortened(" ".join(text.strip() for text in element.itertext() if text.strip()))
