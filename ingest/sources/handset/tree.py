"""The models of a UFED report, one at a time: what has been read is cut off the tree, so memory does not grow with the file.

Documents that carry a DOCTYPE, entities or external references, nest deeper than 256 elements, or hold a model or a text
beyond bounds are refused. Processing instructions and XInclude are never followed: to this reader they are nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.errors import FileRefusedError

DEPTH_MAX: Final = 256
NODES_MAX: Final = 200_000
SILENT_MAX: Final = 2 << 20
_NAMESPACE = "http://pa.cellebrite.com/report/2.0"
_ADVICE = "Ask for the UFED report (XML) again; a report has no DOCTYPE."
Fields = dict[str, object]
"""A model's fields: a text, a list of texts, a model, or a list of models; ``_type``, ``_id``, ``_deleted`` beside them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing of the report: a ``model`` with its ``chat`` around it where it has one, a metadata ``item``, a ``file``."""

    what: str
    fields: Fields
    chat: Fields | None = None


class _Watched:
    """A stream that stops a parser which takes in too much without ever giving an element."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.silent = 0

    def read(self, size: int = -1) -> bytes:
        """See the port of the standard library."""
        chunk = self._stream.read(size)
        self.silent += len(chunk)
        if self.silent > SILENT_MAX:
            raise _BoundError("a text or tag above 2 MiB")
        return chunk


class _BoundError(Exception):
    """A bound is passed; the message is the reason."""


def pieces(path: Path, file: str) -> Iterator[Piece]:
    """What a report holds, in its order.

    Raises:
        FileRefusedError: no XML, no UFED report, cut off, or hostile.
    """
    with path.open("rb") as stream:
        watched = _Watched(stream)
        try:
            events = iterparse(
                watched, ("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
            )
            walker = _Walker()
            for event, element in events:
                watched.silent = 0
                yield from walker.start(element) if event == "start" else walker.end(element)
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


@dataclass(slots=True)
class _Walker:
    """Follows the elements. ``held``: place in the stack of the model being built, or -1."""

    stack: list[Element] = field(default_factory=list[Element])
    held: int = -1
    nodes: int = 0
    chat: Fields | None = None

    def start(self, element: Element) -> Iterator[Piece]:
        """An element opens."""
        if not self.stack and _name(element) != "project":
            raise _BoundError("no UFED report: its first element is no project")
        if not self.stack and element.tag not in ("project", f"{{{_NAMESPACE}}}project"):
            raise _BoundError("a UFED report of another version than 2.0")
        self.stack.append(element)
        if len(self.stack) > DEPTH_MAX:
            raise _BoundError(f"nested more than {DEPTH_MAX} deep")
        if self.held < 0 and _name(element) in ("model", "file", "item"):
            self.held, self.nodes = len(self.stack) - 1, 0
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise _BoundError(f"one model with more than {NODES_MAX:,} elements")
        yield from ()

    def end(self, element: Element) -> Iterator[Piece]:
        """An element closes: a whole thing is given, and cut off."""
        self.stack.pop()
        place = len(self.stack)
        if place == self.held:
            self.held = -1
            yield from self._whole(element)
        elif self._is_chat_message(element):
            if self.chat is None:
                self.chat = model_fields(self.stack[self.held])
            yield Piece("model", model_fields(element), self.chat)
            self.nodes = 0
        elif self.held >= 0:
            return
        element.clear()
        if self.stack:
            del self.stack[-1][-1]

    def _is_chat_message(self, element: Element) -> bool:
        """True for a message inside a chat: there may be a hundred thousand of them in one chat."""
        return (
            self.held >= 0
            and element.get("type") == "InstantMessage"
            and _name(element) == "model"
            and len(self.stack) == self.held + 2
            and self.stack[self.held].get("type") == "Chat"
        )

    def _whole(self, element: Element) -> Iterator[Piece]:
        name = _name(element)
        if name == "model":
            yield Piece("model", model_fields(element))
            self.chat = None
        elif name == "item":
            yield Piece("item", {"name": element.get("name") or "", "value": (element.text or "").strip()})
        else:
            yield Piece("file", _file_fields(element))


def model_fields(element: Element) -> Fields:
    """The fields of a model element that is still whole. Its depth is bounded by the walk."""
    found: Fields = {
        "_type": element.get("type") or "",
        "_id": element.get("id") or "",
        "_deleted": element.get("deleted_state") or "",
    }
    for child in element:
        name, label = _name(child), child.get("name") or ""
        if name == "field":
            found[label] = next((text for value in child if (text := (value.text or "").strip())), "")
        elif name == "multiField":
            found[label] = [text for value in child if (text := (value.text or "").strip())]
        elif name == "modelField":
            found[label] = next((model_fields(model) for model in child if _name(model) == "model"), Fields())
        elif name == "multiModelField":
            found[label] = [model_fields(model) for model in child if _name(model) == "model"]
    return found


def _file_fields(element: Element) -> Fields:
    found: Fields = {
        "path": element.get("path") or "",
        "size": element.get("size") or "",
        "id": element.get("id") or "",
        "_deleted": element.get("deleted") or "",
    }
    for item in element.iter():
        if _name(item) == "item" and item.get("name"):
            found[str(item.get("name"))] = (item.text or "").strip()
    return found


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
