"""Paths of a view in words: shortest paths, and business-link paths."""

from analytics.paths.business import (
    BusinessJoin,
    BusinessPath,
    BusinessPathQuery,
    BusinessPaths,
    BusinessStep,
    business_paths,
)
from analytics.paths.cheapest import Bounds
from analytics.paths.explain import Step, explain, sentence
from analytics.paths.joins import Hub
from analytics.paths.shortest import ExplainedPath, PathsFound, shortest_paths

__all__ = [
    "Bounds", "BusinessJoin", "BusinessPath", "BusinessPathQuery", "BusinessPaths", "BusinessStep", "ExplainedPath", "Hub", "PathsFound",
    "Step", "business_paths", "explain", "sentence", "shortest_paths",
]  # fmt: skip
