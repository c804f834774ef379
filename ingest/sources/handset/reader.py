"""A handset's download as rows: a UFED report (XML) streamed twice, or the neutral CSV or JSON lines of the same rows.

The first pass checks the file to its end and learns whose device it is; nothing else is kept between passes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow, Rows
from ingest.readers.delimited import Delimited
from ingest.readers.items import Items
from ingest.readers.json_lines import JsonLines
from ingest.readers.scan import scan_text
from ingest.sources.handset import shape
from ingest.sources.handset.tree import Fields, Piece, pieces

_HEAD = 4096
_DEVICE: Mapping[str, str] = {
    "deviceinfouniqueid": "id", "imei": "imei", "deviceinfoimei": "imei", "msisdn": "number", "deviceinfomsisdn": "number",
    "deviceinfophonenumber": "number", "iccid": "iccid", "imsi": "imsi", "serial": "serial", "deviceinfoserialnumber": "serial",
    "deviceinfodetectedphonemodel": "model", "deviceinfoselectedmanufacturer": "maker", "deviceinfoownername": "owner_name",
    "deviceinfoappleid": "account",
}  # fmt: skip
_PARTS = ("number", "handle", "email", "name", "service")


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Open a download; see :class:`ingest.readers.base.Rows`.

    Raises:
        FileRefusedError: neither a UFED report nor the neutral shape; cut off or hostile.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head.strip():
        raise FileRefusedError(file, "the file is empty", "Ask for it again.")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<" or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Report(path, file)
    scan = scan_text(path, file, section.encoding, lines=True)
    if start == b"{":
        return JsonLines(path, scan)
    table = Delimited(path, section, scan)
    return Items(file, lambda: _neutral(table), advice="name its columns as README.md says")


class Report(Items):
    """A UFED report. The notes say which models it holds that are not read."""

    def __init__(self, path: Path, file: str) -> None:
        self._path, self._file = path, file
        self._device: Fields = {}
        self._unread: Counter[str] = Counter()
        self._chats: dict[str, Fields] = {}
        super().__init__(file, self._read)
        told = [f"{count} of {name} are not read" for name, count in sorted(self._unread.items())]
        self.notes = (*self.notes, *told)

    def _read(self) -> Iterator[Row | BadRow]:
        self._unread.clear()
        for piece in pieces(self._path, self._file):
            if piece.what == "item":
                self._learn(piece.fields)
            elif piece.what == "file":
                if shape.text(piece.fields, "SHA256"):
                    yield {**shape.file_row(piece.fields), "scope": self._owner()["device"]}
            else:
                scope = self._owner()["device"]
                yield from ({**row, "scope": scope} for row in self._rows(piece))
        if self._device:
            yield {
                "item": "device",
                **self._owner(),
                **self._device,
                "device": self._owner().get("device", ""),
            }

    def _learn(self, fields: Fields) -> None:
        name = _DEVICE.get(shape.text(fields, "name").lower().replace(" ", ""))
        value = shape.text(fields, "value")
        if name and value and name not in self._device:
            self._device[name] = value

    def _owner(self) -> shape.Row:
        """The party that stands for the device's owner: its number, and the device where none is known."""
        device = self._device
        named = device.get("imei") or device.get("id") or device.get("serial") or self._file
        owner: shape.Row = {"device": named}
        return {"number": device["number"], **owner} if "number" in device else owner

    def _rows(self, piece: Piece) -> Iterator[shape.Row]:
        fields, kind, owner = piece.fields, shape.text(piece.fields, "_type"), self._owner()
        owner["owner"] = True
        if kind == "Chat":
            self._chats[shape.text(fields, "_id")] = {
                name: fields[name] for name in ("_id", "Id", "Source", "Participants") if name in fields
            }
        elif kind in ("SMS", "MMS", "Email", "InstantMessage"):
            chat = piece.chat and self._chats.get(shape.text(piece.chat, "_id"), piece.chat)
            yield shape.message_row(fields, chat, owner)
        elif kind == "Contact":
            yield from shape.contact_rows(fields, owner)
        elif kind in _SIMPLE:
            yield _SIMPLE[kind](fields, owner)
        else:
            self._unread[kind or "models without a type"] += 1


_SIMPLE: Mapping[str, Callable[[Fields, shape.Row], shape.Row]] = {
    "Call": shape.call_row,
    "UserAccount": shape.account_row,
    "User": shape.account_row,
    "Note": lambda fields, _owner: shape.note_row(fields),
    "CalendarEntry": lambda fields, _owner: shape.note_row(fields),
}


def _neutral(table: Delimited) -> Iterator[Row | BadRow]:
    """Flat columns (``from_number``, ``to_name``) as the ends of a row."""
    for found in table.rows():
        if isinstance(found, BadRow):
            yield found
            continue
        fields = dict(zip(table.header, cast("list[str]", found), strict=True))
        row: shape.Row = {
            name: value for name, value in fields.items() if not name.startswith(("from_", "to_"))
        }
        row["from"] = {part: fields[f"from_{part}"] for part in _PARTS if fields.get(f"from_{part}")}
        to = {part: fields[f"to_{part}"] for part in _PARTS if fields.get(f"to_{part}")}
        row["to"] = [to] if to else []
        row["owner"] = {"number": fields["owner_number"]} if fields.get("owner_number") else row["from"]
        row["scope"] = fields.get("owner_number", "")
        row["unpaired"] = row.get("item") == "call" and not (row["from"] and row["to"])
        yield row
