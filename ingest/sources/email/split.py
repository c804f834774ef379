"""A mailbox as the bytes of its messages, one in memory at a time. A line that begins ``From `` after an empty one parts them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

MESSAGE_MAX: Final = 64 << 20
_LINE: Final = 1 << 20
_FROM = b"From "


def messages(path: Path) -> Iterator[bytes | None]:
    """The messages of an mbox, or the one of a single mail; None for one above 64 MiB, which is not kept."""
    held: list[bytes] = []
    size, blank, started = 0, True, False
    with path.open("rb") as stream:
        for line in iter(lambda: stream.readline(_LINE), b""):
            if blank and line.startswith(_FROM):
                if started:
                    yield b"".join(held) if size <= MESSAGE_MAX else None
                held, size, started, blank = [], 0, True, False
                continue
            started = started or bool(line.strip())
            size += len(line)
            if size > MESSAGE_MAX:
                held = []
            else:
                held.append(line)
            blank = not line.strip(b"\r\n")
    if started:
        yield b"".join(held) if size <= MESSAGE_MAX else None
