"""What a backend gives to the walks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Step(NamedTuple):
    """One visible link seen from one of its ends: the link and the entity at the far end."""

    lid: str
    far: str


class Fetch(Protocol):
    """Visible steps out of some entities."""

    def __call__(self, uids: Sequence[str], per_entity: int | None) -> Mapping[str, Sequence[Step]]:
        """For each of ``uids`` its first ``per_entity`` steps (None: all) ascending by lid.

        A link from an entity to itself is one step. Entities without a step may be missing.
        """
        ...
