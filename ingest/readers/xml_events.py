"""XML as a stream of opened and closed elements, for any reader: bombs refused, memory flat.

A DOCTYPE of any kind, entities, external references, more than 256 levels and anything above 2 MiB that is not cut into
elements are refused. Processing instructions and XInclude are never followed. The caller says after each closed element
that it is done with it by asking for the next: it is then cut off the tree, unless it is inside one that is ``kept``.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.errors import FileRefusedError

DEPTH_MAX: Final = 256
KEPT_MAX: Final = 200_000
# a tag that never ends costs the parser the square of its length: this bound keeps that below a second
SILENT_MAX: Final = 2 << 20
_ADVICE = "Save it again from the program it comes from, without a DOCTYPE."


class _Watched:
    """A stream that stops a parser which takes in too much without giving an element."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.silent = 0

    def read(self, size: int = -1) -> bytes:
        """As of any stream."""
        chunk = self._stream.read(size)
        self.silent += len(chunk)
        if self.silent > SILENT_MAX:
            raise _BoundError("a text or tag above 2 MiB")
        return chunk


class _BoundError(Exception):
    """A bound is passed; the message is the reason."""


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def xml_events(path: Path, file: str, kept: Callable[[Element], bool]) -> Iterator[tuple[str, Element, int]]:
    """Each element as ``start`` and ``end`` with its depth (1: the root); what is inside a ``kept`` one is whole at its end.

    Raises:
        FileRefusedError: no XML, cut off, or hostile.
    """
    with path.open("rb") as stream:
        watched = _Watched(stream)
        try:
            yield from _events(watched, kept)
        except DefusedXmlException as error:
            raise FileRefusedError(
                file, "it has a DOCTYPE or entities, which can hide a bomb", _ADVICE
            ) from error
        except _BoundError as error:
            raise FileRefusedError(file, str(error), _ADVICE) from error
        except (ParseError, ValueError, LookupError) as error:
            place = getattr(error, "position", None)
            where = f" (line {place[0]})" if place else ""
            raise FileRefusedError(
                file, f"not whole XML{where}", "It may be cut off: ask for it again."
            ) from error


def _events(watched: _Watched, kept: Callable[[Element], bool]) -> Iterator[tuple[str, Element, int]]:
    stack: list[Element] = []
    held, inside = 0, 0
    for event, element in iterparse(
        watched, ("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
    ):
        watched.silent = 0
        if event == "start":
            stack.append(element)
            if len(stack) > DEPTH_MAX:
                raise _BoundError(f"nested more than {DEPTH_MAX} deep")
            if not held and kept(element):
                held, inside = len(stack), 0
            inside += 1
            if held and inside > KEPT_MAX:
                raise _BoundError(f"one element with more than {KEPT_MAX:,} inside it")
            yield event, element, len(stack)
            continue
        yield event, element, len(stack)
        stack.pop()
        if held and len(stack) + 1 > held:
            continue
        held = 0
        element.clear()
        if stack:
            del stack[-1][-1]
