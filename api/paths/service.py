"""Paths between two entities as answers."""

from analytics.paths.business import BusinessPath, BusinessPathQuery, BusinessStep, business_paths
from analytics.paths.shortest import ExplainedPath, shortest_paths
from api.entities.service import must
from api.read import Read
from api.shapes import Shaper
from graphcore.store.query import PathQuery


def shortest(read: Read, source: str, target: str, query: PathQuery) -> dict[str, object]:
    """Shortest paths.

    Raises:
        ProblemError: one of the two does not exist for this reader.
    """
    for end in (source, target):
        must(read, end)
    found = shortest_paths(read.view, source, target, query)
    shaper = Shaper(read.view)
    shown = [entity for path in found.paths for entity in path.entities]
    read.entry.done(count=len(found.paths), shown=sorted({entity.uid for entity in shown}))
    return {
        "paths": [_path(path, shaper) for path in found.paths],
        "left_out": found.left_out,
        "truncated": found.truncated,
        "marking": shaper.banner(shown),
    }


def _path(path: ExplainedPath, shaper: Shaper) -> dict[str, object]:
    steps = [
        {
            "source": step.source,
            "target": step.target,
            "lid": step.lid,
            "type": step.type,
            "text": step.text,
            "gradings": step.gradings,
            "records": len(step.rids),
        }
        for step in path.steps
    ]
    return {
        "length": path.length,
        "entities": [shaper.entity(entity) for entity in path.entities],
        "steps": steps,
    }


def business(read: Read, source: str, target: str, query: BusinessPathQuery) -> dict[str, object]:
    """Business-link paths.

    Raises:
        ProblemError: one of the two does not exist for this reader.
    """
    for end in (source, target):
        must(read, end)
    found = business_paths(read.view, source, target, query)
    shaper = Shaper(read.view)
    shown = [actor for path in found.paths for actor in path.actors]
    read.entry.done(count=len(found.paths), shown=sorted({actor.uid for actor in shown}))
    return {
        "paths": [_business_path(path, shaper) for path in found.paths],
        "hubs": found.hubs,
        "hub_limit": found.hub_limit,
        "truncated": found.truncated,
        "marking": shaper.banner(shown),
    }


def _business_path(path: BusinessPath, shaper: Shaper) -> dict[str, object]:
    return {
        "cost": path.cost,
        "actors": [shaper.entity(actor) for actor in path.actors],
        "steps": [_business_step(step) for step in path.steps],
    }


def _business_step(step: BusinessStep) -> dict[str, object]:
    joins = [
        {
            "kind": join.kind,
            "cost": join.cost,
            "lids": join.lids,
            "via": join.via,
            "texts": join.texts,
            "records": len(join.rids),
        }
        for join in step.joins
    ]
    return {"source": step.source, "target": step.target, "cost": step.cost, "joins": joins}
