"""Views as arrays: what analytics engines take instead of a store."""

from graphcore.projection.arrays import GraphArrays
from graphcore.projection.cache import ArrayCache

__all__ = ["ArrayCache", "GraphArrays"]
