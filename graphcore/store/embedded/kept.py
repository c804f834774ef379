"""Entities, links and steps of one view as it read them, kept for its next question: by what may be seen, never by who asks.

As with the arrays (``graphcore.projection.cache``) a key holds the allowed labels and the as-at time, and the data's version
is read in the transaction of every question: what was kept under another version is dropped before anything is looked up. So
a change, and a grant that ends, count from the next question on. Bounded by how much is held.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeVar

from graphcore.model.graph import Entity, Link, Neighbourhood
from graphcore.store.embedded.visibility import Parameters
from graphcore.store.walk import Step

MAX_VIEWS: Final = 64
MAX_AROUND: Final = 512  # neighbourhoods of one view; their elements are held anyway
MAX_HELD: Final = 400_000  # entities, links and steps of all views: about 200 MB
Item = TypeVar("Item", Entity, Link)


@dataclass(slots=True)
class Kept:
    """What one view has read of one state of the graph. Several threads may fill it: all of them read the same."""

    parameters: Parameters
    entities: dict[str, Entity] = field(default_factory=dict[str, Entity])
    links: dict[str, Link] = field(default_factory=dict[str, Link])
    numbers: dict[str, int] = field(default_factory=dict[str, int])  # of visible entities in the store
    _steps: dict[tuple[Hashable, str], tuple[int | None, Sequence[Step]]] = field(
        default_factory=dict[tuple[Hashable, str], tuple[int | None, Sequence[Step]]]
    )
    _around: dict[Hashable, Neighbourhood] = field(default_factory=dict[Hashable, Neighbourhood])
    _stepped: int = 0

    @property
    def held(self) -> int:
        """How much it holds."""
        return len(self.entities) + len(self.links) + self._stepped

    def steps(self, filter_: Hashable, uid: str, most: int | None) -> Sequence[Step] | None:
        """The first ``most`` steps of an entity (None: all); None where they are not held."""
        held = self._steps.get((filter_, uid))
        if held is None:
            return None
        asked, steps = held
        if asked is None or len(steps) < asked or (most is not None and most <= asked):
            return steps if most is None or len(steps) <= most else steps[:most]
        return None

    def keep_steps(self, filter_: Hashable, uid: str, most: int | None, steps: Sequence[Step]) -> None:
        """Keep the first ``most`` steps of an entity; all there are, where they are fewer."""
        self._steps[filter_, uid] = most, steps
        self._stepped += 1 + len(steps)

    def around(self, question: Hashable, walk: Callable[[], Neighbourhood]) -> Neighbourhood:
        """The answer to a question of this view, walked once."""
        found = self._around.get(question)
        if found is None:
            found = walk()
            if len(self._around) >= MAX_AROUND:
                self._around = {}
            self._around[question] = found
        return found


def fill(held: dict[str, Item], keys: Iterable[str], read: Callable[[list[str]], Mapping[str, Item]]) -> None:
    """Put those of ``keys`` that are not held into it."""
    missing = [key for key in keys if key not in held]
    if missing:
        held.update(read(missing))


class KeptViews:
    """What the views of one store have read; of one version of its data."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version: Hashable = None
        self._views: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable, version: Hashable, parameters: Callable[[], Parameters]) -> Kept:
        """What is held under ``key`` at ``version``; empty at first, and again when it has grown too large."""
        with self._lock:
            if version != self._version:
                self._views.clear()
                self._version = version
            kept = self._views.get(key)
            if kept is not None and kept.held <= MAX_HELD // len(self._views):
                self._views.move_to_end(key)
                return kept
        made = Kept(parameters())
        with self._lock:
            if version == self._version:
                self._views[key] = made
                if len(self._views) > MAX_VIEWS:
                    self._views.popitem(last=False)
        return made

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._views.clear()
