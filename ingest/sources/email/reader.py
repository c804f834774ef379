"""Mailboxes (mbox) and single mails (EML) as rows, one mail in memory at a time. Hostile MIME costs that mail alone."""

import hashlib
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow, shortened
from ingest.readers.items import Items
from ingest.readers.json_values import text_fault
from ingest.readers.scan import content_name
from ingest.sources.email.headers import (
    HEADER_MAX,
    RECIPIENTS_MAX,
    addresses,
    ids_of,
    moment_of,
    text_of,
)
from ingest.sources.email.parts import TEXT_MAX, MailRefusedError, check_nesting, read_parts
from ingest.sources.email.split import messages

_FIELDS = (b"from:", b"to:", b"date:", b"subject:", b"message-id:", b"received:", b"return-path:", b"mime-version:")  # fmt: skip
_PARSER = BytesParser(policy=compat32)


def open_rows(path: Path, file: str, section: FileWords) -> Items:
    """Open a mailbox; see :class:`ingest.readers.base.Rows`.

    Raises:
        FileRefusedError: no mail is in it.
    """
    del section
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head.strip():
        raise FileRefusedError(file, "the file is empty", "Ask for it again.")
    named = content_name(head)
    lower = head.lower()
    if named or not any(lower.startswith(name) or b"\n" + name in lower for name in _FIELDS):
        raise FileRefusedError(
            file,
            f"no mail is in it{f' ({named})' if named else ''}",
            "Export the mailbox as mbox or EML (not PST, OST or MSG).",
        )
    return Items(file, lambda: _rows(path), advice="correct the mapping")


def _rows(path: Path) -> Iterator[Row | BadRow]:
    for raw in messages(path):
        if raw is None:
            yield BadRow("(mail)", "a mail above 64 MiB", "(not kept)")
            continue
        try:
            row = mail_row(raw)
        except MailRefusedError as error:
            yield _bad(str(error), raw)
            continue
        except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            yield _bad(f"cannot be read as a mail ({type(error).__name__})", raw)
            continue
        fault = text_fault(row)
        yield row if fault is None else _bad(fault, raw)


def mail_row(raw: bytes) -> dict[str, object]:
    """One mail as a row.

    Raises:
        MailRefusedError: it passes a bound.
    """
    end = min((at for mark in (b"\n\n", b"\r\n\r\n") if (at := raw.find(mark)) >= 0), default=len(raw))
    if end > HEADER_MAX * 4:
        raise MailRefusedError("header fields above 1 MiB")
    check_nesting(raw)
    mail = _PARSER.parsebytes(raw)
    text, charset_note, attached = read_parts(mail)
    to = [party for name in ("To", "Cc", "Bcc") for party in addresses(mail, name)]
    sender = next(iter(addresses(mail, "From") or addresses(mail, "Sender")), dict[str, str]())
    if not sender and not to:
        raise MailRefusedError("neither sender nor recipient")
    own = next(iter(ids_of(mail, "Message-ID")), "") or "sha256:" + hashlib.sha256(raw).hexdigest()
    return {
        "id": own, "thread": _thread(mail, own), "from": sender, "to": to[:RECIPIENTS_MAX], "recipients": len(to),
        "left_out": max(0, len(to) - RECIPIENTS_MAX) or "", "sent_at": moment_of(mail), "date": text_of(mail, "Date"),
        "subject": text_of(mail, "Subject")[:2_000], "text": text[:TEXT_MAX], "cut": "true" if len(text) > TEXT_MAX else "",
        "charset": charset_note, "attachments": attached, "in_reply_to": " ".join(ids_of(mail, "In-Reply-To")),
    }  # fmt: skip


def _thread(mail: Message, own: str) -> str:
    """The first mail of the thread, as far as this one says."""
    return next(iter(ids_of(mail, "References") or ids_of(mail, "In-Reply-To")), own)


def _bad(reason: str, raw: bytes) -> BadRow:
    return BadRow("(mail)", reason, shortened(ascii(raw[: 1 << 14].decode("latin-1"))))
