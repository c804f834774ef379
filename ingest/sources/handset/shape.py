"""From a report's models to rows: who called or wrote to whom, as the handset says it. Nothing is cleaned here.

The owner's end is a party marked ``owner``: it stands under the number of its device, and under the device where no number
is known. What an identifier is follows from its form and the application: digits are a telephone number in calls, texts
and in applications whose accounts are numbers; elsewhere they are an account of that application.
"""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from ingest.clean.telecoms import WITHHELD
from ingest.sources.handset.tree import Fields

Row = dict[str, object]
_DIGITS = re.compile(r"\+?[\d\s()\-./]{3,24}")
_NUMBER_APPS = ("", "native", "phone", "sms", "mms", "imessage", "whatsapp", "signal", "viber", "facetime")
_WHATSAPP = re.compile(r"(\d{7,15})(?:[:.]\d+)?@(?:s\.whatsapp\.net|c\.us)")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_OUTWARD = ("outgoing", "sent", "outbox", "drafts")


def call_row(fields: Fields, owner: Row) -> Row:
    """A call; where the other end is not named, ``unpaired`` is true."""
    service = text(fields, "Source")
    ends = _parties(fields.get("Parties"), service, owner)
    outward = text(fields, "Type").lower() in _OUTWARD or text(fields, "Direction").lower() in _OUTWARD
    others = [party for party in ends if not party.get("owner")]
    row = _base("call", fields, service)
    row |= {
        "direction": text(fields, "Type"),
        "duration": text(fields, "Duration"),
        "video": text(fields, "VideoCall"),
    }
    row["from"] = owner if outward else next(iter(others), dict[str, object]())
    row["to"] = others if outward else [owner]
    row["unpaired"] = not others
    return row


def message_row(fields: Fields, chat: Fields | None, owner: Row) -> Row:
    """A text, a message of a chat or an e-mail, with its ends and attachments."""
    around: Fields = chat or {}
    kind = text(fields, "_type")
    service = "email" if kind == "Email" else text(fields, "Source") or text(around, "Source")
    ends = _parties(fields.get("Parties"), service, owner)
    sender = _party(fields.get("From"), service, owner) or _role(ends, "from")
    to = [*_parties(fields.get("To"), service, owner), *[p for p in ends if p.get("role") != "from"]]
    to += [*_parties(fields.get("Cc"), service, owner), *_parties(fields.get("Bcc"), service, owner)]
    if chat is not None:
        to = to or _parties(around.get("Participants"), service, owner)
    else:
        outward = text(fields, "Folder").lower() in ("sent", "outbox", "drafts") or (
            text(fields, "Status").lower() in _OUTWARD
        )
        sender = sender or (owner if outward else _first_other(to))
        to = (
            to
            if outward or any(p.get("owner") for p in to)
            else [p for p in to if p is not sender] or [owner]
        )
    row = _base("message", fields, service)
    row |= {
        "kind": kind, "title": text(fields, "Subject"), "text": text(fields, "Body"), "status": text(fields, "Status"),
        "thread": text(around, "_id") or text(around, "Id"), "from": sender or {},
        "to": [party for party in to if _name(party) != _name(sender or {})],
        "attachments": _attachments(fields),
    }  # fmt: skip
    return row


def contact_rows(fields: Fields, owner: Row) -> list[Row]:
    """One row for each number or account that the owner saved under a name."""
    service = text(fields, "Source")
    entries = [entry for entry in models(fields, "Entries") if text(entry, "Value")]
    rows: list[Row] = []
    for at, entry in enumerate(entries):
        as_number = text(entry, "_type") == "PhoneNumber"
        app = "" if as_number else service or text(entry, "Category") or text(entry, "_type")
        party = _identified(text(entry, "Value"), app)
        row = _base("contact", fields, service)
        row |= {"id": f"{row['id']}#{at}", "name": text(fields, "Name"), "category": text(entry, "Category")}
        rows.append({**row, "owner": owner, "to": [{**party, "name": text(fields, "Name")}]})
    return rows or [
        {**_base("contact", fields, service), "name": text(fields, "Name"), "to": [], "owner": owner}
    ]


def note_row(fields: Fields) -> Row:
    """A note, calendar entry or the like: a text that somebody wrote on the handset."""
    row = _base("note", fields, text(fields, "Source"))
    return {
        **row,
        "title": text(fields, "Title") or text(fields, "Subject"),
        "text": text(fields, "Body") or text(fields, "Details"),
    }


def account_row(fields: Fields, owner: Row) -> Row:
    """An account that is signed in on the handset. Its password, which a report may hold, is left where it is."""
    service = text(fields, "ServiceType") or text(fields, "Source")
    name = text(fields, "Username") or text(fields, "ServiceIdentifier") or text(fields, "Name")
    party: Row = (
        {"handle": name, "service": service} if name and not _MAIL.fullmatch(name) else {"email": name}
    )
    return {
        **_base("account", fields, service),
        "owner": owner,
        "to": [{**party, "name": text(fields, "Name")}] if name else [],
    }


def file_row(fields: Fields) -> Row:
    """A file of the handset with its hash."""
    return {
        "item": "file", "id": text(fields, "Local Path") or text(fields, "path"), "path": text(fields, "path"),
        "size": text(fields, "size"), "sha256": text(fields, "SHA256").lower(), "md5": text(fields, "MD5").lower(),
        "deleted": text(fields, "_deleted"),
    }  # fmt: skip


def text(fields: Mapping[str, object], name: str) -> str:
    """A field's text; "" where there is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def models(fields: Fields, name: str) -> list[Fields]:
    """A field's models."""
    value = fields.get(name)
    return cast("list[Fields]", value) if isinstance(value, list) else []


def _base(item: str, fields: Fields, service: str) -> Row:
    at = next(
        (
            text(fields, name)
            for name in ("TimeStamp", "Creation", "TimeCreated", "StartDate")
            if text(fields, name)
        ),
        "",
    )
    return {
        "item": item,
        "id": text(fields, "_id"),
        "at": at,
        "service": service,
        "deleted": text(fields, "_deleted"),
    }


def _parties(value: object, service: str, owner: Row) -> list[Row]:
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return [party for item in items if (party := _party(item, service, owner))]


def _party(value: object, service: str, owner: Row) -> Row:
    if not isinstance(value, dict):
        return {}
    fields = cast("Fields", value)
    word, role = text(fields, "Identifier"), text(fields, "Role").lower()
    word = "" if word.casefold() in WITHHELD else word
    if text(fields, "IsPhoneOwner").lower() == "true":
        own = _identified(word, service) if word else {}
        # the owner's account in an application stands for itself; else the device does
        named = own if own and "number" not in own else {}
        return {**(named or owner), "owner": True, "role": role}
    found = _identified(word, service) if word else {}
    name = text(fields, "Name")
    return {**found, "role": role, **({"name": name} if name and name != word else {})} if found else {}


def _identified(word: str, service: str) -> Row:
    """What an identifier is: a number, an e-mail address, or a handle of a service."""
    if match := _WHATSAPP.fullmatch(word):
        return {"number": f"+{match[1]}"}
    app = service.lower()
    if app.startswith(_NUMBER_APPS[1:]) or app == "":
        return {"email": word} if _MAIL.fullmatch(word) else {"number": word}
    if word.startswith("+") and _DIGITS.fullmatch(word):
        return {"number": word}
    if app == "email" or (_MAIL.fullmatch(word) and not word.endswith("@g.us")):
        return {"email": word}
    return {"handle": word, "service": service}


def _role(parties: Sequence[Row], role: str) -> Row:
    return next((party for party in parties if party.get("role") == role), dict[str, object]())


def _first_other(parties: Sequence[Row]) -> Row:
    return next((party for party in parties if not party.get("owner")), dict[str, object]())


def _name(party: Row) -> tuple[str, ...]:
    return tuple(str(party.get(name, "")) for name in ("number", "handle", "email", "device"))


def _attachments(fields: Fields) -> list[Row]:
    listed = [*models(fields, "Attachments"), *models(fields, "Attachment")]
    single = fields.get("Attachment")
    if isinstance(single, dict):
        listed.append(cast("Fields", single))
    rows: list[Row] = []
    for item in listed:
        path = text(item, "attachment_extracted_path")
        name = text(item, "Filename") or text(item, "Title") or path
        if name:
            rows.append(
                {"id": path or text(item, "_id") or name, "name": name, "type": text(item, "ContentType")}
            )
    return rows
