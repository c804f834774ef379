"""The parts of one mail: its text, and the names, sizes and hashes of what is attached. Nothing attached is ever unpacked.

Depth and number of parts are bounded before the standard parser sees the mail, since it follows them by recursion.
"""

import hashlib
import re
from email.message import Message
from typing import Final, cast

DEPTH_MAX: Final = 50
PARTS_MAX: Final = 1_000
TEXT_MAX: Final = 95_000  # with its subject a mail stays within the 100,000 characters of a text
_NESTING = re.compile(rb"(?i)content-type:\s*(?:multipart|message)/")
_HTML_MAX: Final = 1 << 20
_ENTITIES = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))
Mail = Message
Part = dict[str, object]


class MailRefusedError(ValueError):
    """A mail breaks a bound; the message is the reason."""


def check_nesting(raw: bytes) -> None:
    """Refuse a mail that could nest too deeply for a parser that follows parts by recursion."""
    if sum(1 for _ in _NESTING.finditer(raw)) > DEPTH_MAX:
        raise MailRefusedError(f"more than {DEPTH_MAX} parts that hold parts")


def read_parts(mail: Mail) -> tuple[str, str, list[Part]]:
    """Text, a word on how its charset was read ("" where as declared), and the attachments."""
    text = html = note = ""
    attached: list[Part] = []
    waiting = [mail]
    for _ in range(PARTS_MAX):
        if not waiting:
            break
        part = waiting.pop(0)
        kind = part.get_content_type()
        inside = cast("list[Mail] | object", part.get_payload())
        if isinstance(inside, list) and kind.startswith("multipart/"):
            waiting = [*cast("list[Mail]", inside), *waiting]
        elif kind in ("text/plain", "text/html") and not _is_attached(part):
            found, how = decoded(_payload(part), part.get_content_charset() or "")
            note = note or how
            text, html = (text or found, html) if kind == "text/plain" else (text, html or found)
        elif not kind.startswith("multipart/"):
            attached.append(_attachment(part, kind))
    if waiting:
        raise MailRefusedError(f"more than {PARTS_MAX:,} parts")
    return text or plain_of(html), note, attached


def decoded(raw: bytes, charset: str) -> tuple[str, str]:
    """A text under its charset, or under the first that fits; then a word says so. Never a replacement character."""
    for name in (charset or "us-ascii", "utf-8", "cp1252"):
        try:
            text = raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        lied = bool(charset) and name != charset
        return text, f"declared {charset[:40]}, read as {name}" if lied else ""
    return raw.decode("iso-8859-1"), f"declared {charset[:40] or 'nothing'}, read as iso-8859-1"


def plain_of(html: str) -> str:
    """The words of an HTML mail: tags, scripts and styles left out, in one pass over at most 1 MiB."""
    out: list[str] = []
    html, place = html[:_HTML_MAX], 0
    while (start := html.find("<", place)) >= 0:
        out.append(html[place:start])
        end = html.find(">", start)
        if end < 0:
            return _unescaped("".join(out))
        word = html[start + 1 : start + 7].lower()
        closing = "</script" if word.startswith("script") else "</style" if word.startswith("style") else ""
        place = end + 1
        if closing:
            found = html.lower().find(closing, place) if len(out) < 1000 else -1
            place = found if found >= 0 else len(html)
        out.append(" ")
    return _unescaped("".join([*out, html[place:]]))


def _unescaped(text: str) -> str:
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return text.strip()


def _is_attached(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _payload(part: Mail) -> bytes:
    found = cast("object", part.get_payload(decode=True))
    return found if isinstance(found, bytes) else b""


def _attachment(part: Mail, kind: str) -> Part:
    inside = cast("list[Mail] | object", part.get_payload())
    content = (
        cast("list[Mail]", inside)[0].as_bytes() if isinstance(inside, list) and inside else _payload(part)
    )
    name = part.get_filename() or ("attached message" if kind == "message/rfc822" else "part without a name")
    return {
        "name": name,
        "type": kind,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
