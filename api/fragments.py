"""Neighbourhoods as the bytes that answers are put together from, made once for each as long as its view keeps it.

What a view gives again is the very same object as long as nothing has changed and the rights are equal (see
``graphcore.store.embedded.kept``), so the object itself is the key: no bytes can come to a reader whose view did not give
that object.
"""

from collections.abc import Callable
from typing import Final

import orjson

from api.answers import plain
from api.shapes import Shaper
from graphcore.model import Entity, Link, Neighbourhood

MAX_HELD: Final = 100_000
MAX_WHOLE: Final = 256
_Part = Entity | Link | Neighbourhood


class Fragments:
    """Bytes by element and by neighbourhood. Threads may share it: what two of them make at once is the same."""

    def __init__(self) -> None:
        self._elements: dict[int, tuple[_Part, orjson.Fragment]] = {}
        self._whole: dict[int, tuple[_Part, orjson.Fragment]] = {}

    def neighbourhood(self, shaper: Shaper, found: Neighbourhood) -> orjson.Fragment:
        """A neighbourhood with its marking."""

        def make() -> dict[str, object]:
            return {
                "entities": [self._element(e, lambda e=e: shaper.entity(e)) for e in found.entities],
                "links": [self._element(k, lambda k=k: shaper.link(k)) for k in found.links],
                "hops": found.hops,
                "truncated": found.truncated,
                "marking": shaper.banner((*found.entities, *found.links)),
            }

        if len(self._whole) >= MAX_WHOLE:
            self._whole = {}
        return _kept(self._whole, found, make)

    def _element(self, element: Entity | Link, shape: Callable[[], dict[str, object]]) -> orjson.Fragment:
        if len(self._elements) >= MAX_HELD:
            self._elements = {}
        return _kept(self._elements, element, shape)


def _kept(
    held: dict[int, tuple[_Part, orjson.Fragment]], part: _Part, shape: Callable[[], dict[str, object]]
) -> orjson.Fragment:
    known = held.get(id(part))  # what is held lives, so its id is nobody else's
    if known is not None:
        return known[1]
    made = orjson.Fragment(orjson.dumps(shape(), default=plain))
    held[id(part)] = part, made
    return made
