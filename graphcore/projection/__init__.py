"""Views as arrays: what analytics engines take instead of a store."""

from graphcore.projection.arrays import GraphArrays

__all__ = ["GraphArrays"]
