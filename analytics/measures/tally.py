"""Counts of what entities say: how many of a type give each value of one property."""

from collections import Counter
from dataclasses import dataclass

from analytics.errors import ScopeError
from graphcore.schema.loader import load_schema
from graphcore.store.port import GraphView


@dataclass(frozen=True, slots=True)
class Tally:
    """``counts`` by (count descending, value); ``silent`` entities give no value; all of ``entities`` were looked at."""

    entity_type: str
    kind: str | None
    name: str
    entities: int
    silent: int
    counts: tuple[tuple[str, int], ...]


def tally(view: GraphView, entity_type: str, name: str, *, kind: str | None = None) -> Tally:
    """Count the visible entities of a type by the values of one property, for example events of kind crime by category.

    An entity whose records give several values counts once for each.

    Args:
        view: What the reader may see.
        entity_type: A type of the schema.
        name: One of its properties.
        kind: Only entities of this kind; None: all.

    Raises:
        ScopeError: the schema has no such type or property.
    """
    spec = load_schema().entities.get(entity_type)
    if spec is None or name not in spec.properties:
        raise ScopeError(f"{entity_type} has no property {name!r}: see the schema's list of types")
    counts: Counter[str] = Counter()
    entities = silent = 0
    for entity in view.iter_entities(entity_type):
        if kind is not None and entity.kind != kind:
            continue
        entities += 1
        values = {str(value) for value in entity.properties.get(name, ())}
        silent += not values
        counts.update(values)
    ordered = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return Tally(entity_type, kind, name, entities, silent, ordered)
