"""Invented UFED reports of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<project id="x" name="Invented" xmlns="http://pa.cellebrite.com/report/2.0">\n'
DEVICE = '<metadata section="Device Info"><item name="IMEI">490154203237518</item><item name="MSISDN">+447700900123</item></metadata>\n'


def field(name: str, value: str) -> str:
    return f'<field name="{name}" type="String"><value type="String"><![CDATA[{value}]]></value></field>'


def party(identifier: str, **more: str) -> str:
    fields = field("Identifier", identifier) + "".join(field(name, value) for name, value in more.items())
    return f'<model type="Party" id="p">{fields}</model>'


def model(kind: str, number: str, *parts: str) -> str:
    return f'<model type="{kind}" id="{number}" deleted_state="Intact">{"".join(parts)}</model>\n'


def many(name: str, *models: str) -> str:
    return f'<multiModelField name="{name}" type="x">{"".join(models)}</multiModelField>'


def report(*models: str, head: str = HEAD, device: str = DEVICE) -> str:
    return f'{head}{device}<decodedData><modelType type="x">{"".join(models)}</modelType></decodedData></project>\n'


def message(number: int, text: str = "see you there", sender: int = 456) -> str:
    return model(
        "InstantMessage", f"m{number}",
        f'<modelField name="From" type="Party">{party(f"447700900{sender:03d}@s.whatsapp.net")}</modelField>',
        field("Body", f"{text} {number}"), field("TimeStamp", f"2026-03-01T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}+00:00"),
    )  # fmt: skip


def chat(number: int, messages: str, participants: tuple[int, ...] = (123, 456)) -> str:
    people = [
        party(f"447700900{who:03d}@s.whatsapp.net", IsPhoneOwner=str(who == 123)) for who in participants
    ]
    return model(
        "Chat",
        f"ch{number}",
        field("Source", "WhatsApp"),
        many("Participants", *people),
        many("Messages", messages),
    )


def write_large(path: Path, mib: int) -> int:
    """Write one chat of at least ``mib`` MiB of messages; gives their number."""
    written = count = 0
    with path.open("w", encoding="utf-8") as out:
        out.write(f"{HEAD}{DEVICE}<decodedData><modelType type='Chat'>")
        before, after = chat(1, "\n@@\n").split("@@")
        out.write(before)
        for piece in _blocks():
            out.write(piece)
            count += 1
            written += len(piece)
            if written >= mib << 20:
                break
        out.write(f"{after}</modelType></decodedData></project>")
    return count


def _blocks() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield message(number, "words " * 400)
