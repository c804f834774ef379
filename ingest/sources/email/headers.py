"""Header fields of a mail as texts: encoded words decoded, addresses split and bounded, dates in UTC where they are dates."""

import re
from datetime import UTC
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final, cast

from ingest.sources.email.parts import MailRefusedError, decoded

HEADER_MAX: Final = 256 << 10
RECIPIENTS_MAX: Final = 500
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]+")
_ID = re.compile(r"<([^<>\s]{1,500})>")
Party = dict[str, str]


def text_of(mail: Message, name: str) -> str:
    """The first field of that name, decoded; "" where there is none.

    Raises:
        MailRefusedError: it is longer than 256 KiB.
    """
    raw = cast("object", mail.get(name))
    return "" if raw is None else _plain(str(raw))


def addresses(mail: Message, name: str) -> list[Party]:
    """The parties of all fields of that name: ``email`` or, where the address is none, ``handle``; and ``name``."""
    fields = [str(raw) for raw in cast("list[object]", mail.get_all(name, []))]
    if sum(map(len, fields)) > HEADER_MAX:
        raise MailRefusedError(f"a field {name} above 256 KiB")
    found: list[Party] = []
    for shown, address in getaddresses([re.sub(r"\s+", " ", field) for field in fields]):
        word = _plain(address).strip()
        if not word:
            continue
        party = {"email" if _ADDRESS.fullmatch(word) else "handle": word, "role": name.lower()}
        shown_name = _plain(shown).strip()
        found.append({**party, "name": shown_name} if shown_name and shown_name != word else party)
    return found


def moment_of(mail: Message) -> str:
    """The Date field as UTC, "" where it says no date."""
    try:
        moment = parsedate_to_datetime(text_of(mail, "Date"))
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return aware.astimezone(UTC).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def ids_of(mail: Message, name: str) -> list[str]:
    """The message ids in a field."""
    return _ID.findall(text_of(mail, name))


def _plain(raw: str) -> str:
    if len(raw) > HEADER_MAX:
        raise MailRefusedError("a header field above 256 KiB")
    raw = re.sub(r"\s*[\r\n]+\s*", " ", raw)
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, MessageError, ValueError):
        pieces = [(raw, None)]
    return "".join(_piece(cast("str | bytes", piece), charset) for piece, charset in pieces).strip()


def _piece(piece: str | bytes, charset: str | None) -> str:
    raw = piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece
    if charset is None and isinstance(piece, bytes):
        raw = piece.decode("raw-unicode-escape", "surrogateescape").encode("utf-8", "surrogateescape")
    return decoded(raw, charset or "utf-8")[0]
