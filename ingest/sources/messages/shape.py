"""One message as a row of the mapping, whatever its export calls its fields. Nothing is cleaned; nothing is dropped.

What no known name says stays under ``other``. A message without an id is named by a hash of what it says, so that a later
export of the same thread gives the same message the same name.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

Fields = Mapping[str, object]
PAIRS_MAX = 20
PARTICIPANTS_MAX = 20_000

_NUMBER = re.compile(r"\+\d{7,15}")
_SECONDS = re.compile(r"\d{9,10}(\.\d+)?")
_MILLIS = re.compile(r"\d{12,13}")
_ID = ("id", "message_id", "msg_id", "guid", "uid")
_THREAD = ("thread", "thread_id", "chat", "chat_id", "conversation", "conversation_id", "room", "channel")
_TIME = ("sent_at", "timestamp", "date_unixtime", "date", "time", "created_at", "datetime", "ts")
_FROM = ("from", "sender", "author", "from_id", "user", "sender_handle", "source")
_TO = ("to", "recipients", "recipient", "receiver", "receivers", "to_handles", "destination")
_TEXT = ("text", "body", "message", "content", "msg")
_FILES = ("attachments", "files", "media", "attachment", "file", "photo")
_SERVICE = ("service", "app", "platform", "network")
_PARTY_ID = ("number", "phone", "handle", "username", "id", "user_id", "address", "identifier")
_PARTY_NAME = ("name", "display_name", "nickname", "title")
_NAMES = frozenset((*_ID, *_THREAD, *_TIME, *_FROM, *_TO, *_TEXT, *_FILES, *_SERVICE, "type", "deleted"))


def participants_of(fields: Fields) -> list[dict[str, str]]:
    """The parties that a thread's fields list."""
    found = next((fields[name] for name in ("participants", "members") if fields.get(name)), None)
    return parties(found)[:PARTICIPANTS_MAX]


def message_row(thread: Fields, fields: Fields) -> dict[str, object]:
    """The row of one message that stands in ``thread`` (empty: in none)."""
    sender = next(iter(parties(_first(fields, _FROM))), dict[str, str]())
    named = _first(fields, ("from_name",)) or (_first(fields, ("from",)) if "from_id" in fields else None)
    if "from_id" in fields and (by_id := parties(fields["from_id"])):
        sender = by_id[0]
    if named and isinstance(named, str) and sender and not sender.get("name"):
        sender = {**sender, "name": named}
    others = parties(_first(fields, _TO)) or participants_of(thread)
    to = [party for party in others if _key(party) != _key(sender)]
    row: dict[str, object] = {
        "item": "notice" if fields.get("type") in ("service", "system", "notice") else "message",
        "thread": _scalar(_first(fields, _THREAD))
        or _scalar(_first(thread, ("id", *_THREAD, "name", "title"))),
        "thread_name": _scalar(_first(thread, ("name", "title", "subject"))),
        "service": _scalar(_first(fields, _SERVICE)) or _scalar(_first(thread, _SERVICE)),
        "from": sender,
        "to": to if len(to) <= PAIRS_MAX else [],
        "recipients": len(to),
        "audience": "direct" if len(to) <= 1 else "group" if len(to) <= PAIRS_MAX else "broadcast",
        "text": _text(_first(fields, _TEXT)),
        "attachments": _attachments(_first(fields, _FILES)),
        "deleted": _scalar(fields.get("deleted")),
        "other": {name: value for name, value in fields.items() if name not in _NAMES},
    }
    moment = _scalar(_first(fields, _TIME))
    row |= {**_moment(moment), "timed": "true" if moment else "false"}
    row["id"] = _scalar(_first(fields, _ID)) or _name_of(row)
    return row


def thread_row(fields: Fields, members: Sequence[dict[str, str]]) -> dict[str, object]:
    """The row of a thread itself: who takes part in it."""
    return {
        "item": "thread" if len(members) > 2 else "pair",
        "thread": _scalar(_first(fields, ("id", *_THREAD, "name", "title"))),
        "thread_name": _scalar(_first(fields, ("name", "title", "subject"))),
        "service": _scalar(_first(fields, _SERVICE)),
        "members": list(members),
    }


def thread_fields(fields: Fields) -> Fields:
    """What is held of a thread: its names and who takes part."""
    held = ("participants", "members", "id", *_THREAD, "name", "title", "subject", *_SERVICE)
    return {name: fields[name] for name in held if name in fields}


def is_message(fields: Fields) -> bool:
    """True if an object says a sender or a text: a message, and no setting or profile of the export."""
    return _first(fields, _FROM) is not None or any(fields.get(name) for name in _TEXT)


def parties(value: object) -> list[dict[str, str]]:
    """Each party as {handle or number, name}; from a text, an object, or a list of either."""
    if isinstance(value, str) and ";" in value:
        value = value.split(";")
    items: Iterable[object] = cast("list[object]", value) if isinstance(value, list) else [value]
    return [party for item in items if (party := _party(item))]


def _party(value: object) -> dict[str, str]:
    name = ""
    if isinstance(value, dict):
        fields = cast("Fields", value)
        name = _scalar(_first(fields, _PARTY_NAME))
        value = _first(fields, _PARTY_ID) or name
    word = _scalar(value).strip()
    if not word:
        return {}
    party = {"number" if _NUMBER.fullmatch(word.replace(" ", "")) else "handle": word}
    return {**party, "name": name} if name and name != word else party


def _key(party: Mapping[str, str]) -> str:
    return party.get("number") or party.get("handle") or ""


def _first(fields: Fields, names: Sequence[str]) -> object:
    return next((fields[name] for name in names if fields.get(name) not in (None, "", [], {})), None)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return str(value) if isinstance(value, (str, int, float)) else ""


def _text(value: object) -> str:
    """A text, or the texts of a list of pieces (plain, or objects with a text)."""
    if isinstance(value, list):
        return "".join(_text(piece) for piece in cast("list[object]", value))
    if isinstance(value, dict):
        return _text(cast("Fields", value).get("text"))
    return _scalar(value)


def _attachments(value: object) -> list[dict[str, str]]:
    items: Iterable[object] = cast("list[object]", value) if isinstance(value, list) else [value]
    found: list[dict[str, str]] = []
    for item in items:
        fields = cast("Fields", item) if isinstance(item, dict) else {"name": item}
        file = {
            "name": _scalar(_first(fields, ("name", "file_name", "filename", "file", "path"))),
            "sha256": _scalar(_first(fields, ("sha256", "hash"))).lower(),
            "size": _scalar(_first(fields, ("size", "size_bytes", "bytes"))),
        }
        if file["name"] or file["sha256"]:
            found.append({name: text for name, text in file.items() if text})
    return found


def _moment(text: str) -> dict[str, str]:
    if _MILLIS.fullmatch(text):
        return {"sent_epoch_ms": text}
    return {"sent_epoch_s": text} if _SECONDS.fullmatch(text) else {"sent_at": text}


def _name_of(row: Mapping[str, object]) -> str:
    said = [
        row.get(name)
        for name in ("thread", "from", "text", "sent_at", "sent_epoch_s", "sent_epoch_ms", "attachments")
    ]
    return (
        "sha256:"
        + hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:32]
    )
