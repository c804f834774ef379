"""Rankings and communities of a view as answers."""

from collections.abc import Collection

from analytics.measures import MEASURES, find_communities, rank
from api.read import Read
from graphcore.access import highest_marking


def measures() -> dict[str, object]:
    """Every measure with what it says."""
    return {
        "measures": [
            {
                "name": measure.name,
                "description": measure.description,
                "says": measure.says,
                "does_not_say": measure.does_not_say,
                "cost": measure.cost,
            }
            for measure in MEASURES.values()
        ]
    }


def ranking(
    read: Read, measure: str, entity_type: str | None, link_types: Collection[str] | None, top: int
) -> dict[str, object]:
    """The first entities by a measure, computed on what the reader may see."""
    found = rank(read.view, measure, entity_type, link_types, top=top)
    read.entry.done(count=len(found.rows), shown=[row.uid for row in found.rows])
    # every visible record bears on a measure of the whole view, so the banner is that of the view
    answer = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return {**answer, "marking": highest_marking(read.view.labels.values())}


def communities(
    read: Read,
    entity_types: Collection[str] | None,
    link_types: Collection[str] | None,
    resolution: float,
    top: int,
) -> dict[str, object]:
    """The largest communities."""
    found = find_communities(
        read.view, entity_types=entity_types, link_types=link_types, resolution=resolution
    )
    shown = found.communities[:top]
    read.entry.done(count=len(shown), shown=[member.uid for one in shown for member in one.members])
    return {
        "modularity": found.modularity,
        "resolution": found.resolution,
        "seed": found.seed,
        "entities": found.entities,
        "links": found.links,
        "alone": found.alone,
        "total": len(found.communities),
        "communities": shown,
        "marking": highest_marking(read.view.labels.values()),
    }
