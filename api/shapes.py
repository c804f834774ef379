"""Entities and links as plain dicts, ready for orjson. Label numbers stay inside: they would tell of other labels."""

from collections.abc import Iterable, Mapping

from graphcore.access import AccessLabel, Marking, highest_marking
from graphcore.model import Entity, Link
from graphcore.store.port import GraphView


class Shaper:
    """Shapes the elements of one view; markings are worked out once a set of labels."""

    def __init__(self, view: GraphView) -> None:
        self._labels: Mapping[int, AccessLabel] = view.labels
        self._markings: dict[tuple[int, ...], Marking] = {}

    def marking(self, labels: tuple[int, ...]) -> Marking:
        """Highest marking among some labels."""
        found = self._markings.get(labels)
        if found is None:
            found = highest_marking(self._labels[number] for number in labels)
            self._markings[labels] = found
        return found

    def banner(self, elements: Iterable[Entity | Link]) -> Marking:
        """Highest marking of everything shown."""
        distinct = {element.labels for element in elements}
        return self.marking(tuple(sorted({number for labels in distinct for number in labels})))

    def entity(self, entity: Entity) -> dict[str, object]:
        """One entity."""
        return {
            "uid": entity.uid,
            "type": entity.type,
            "kind": entity.kind,
            "caption": entity.caption,
            "properties": entity.properties,
            "sources": entity.sources,
            "gradings": entity.gradings,
            "records": len(entity.rids),
            "marking": self.marking(entity.labels),
        }

    def link(self, link: Link) -> dict[str, object]:
        """One link."""
        return {
            "lid": link.lid,
            "type": link.type,
            "source": link.source,
            "target": link.target,
            "properties": link.properties,
            "valid_from": link.valid_from,
            "valid_to": link.valid_to,
            "sources": link.sources,
            "gradings": link.gradings,
            "records": len(link.rids),
            "marking": self.marking(link.labels),
        }
