"""Walks that every backend shares: the backend fetches visible neighbours in batches, these decide what is taken.

A ``fetch`` gives, for each entity it is asked for, its steps ascending by lid, already filtered by the view and by the
question (types, direction, time); so limits and order are the same on every backend and hidden items count nowhere.
"""

from graphcore.store.walk.breadth import Reach, chain_reach, expand_reach
from graphcore.store.walk.shortest import shortest_paths
from graphcore.store.walk.step import Fetch, Step

__all__ = ["Fetch", "Reach", "Step", "chain_reach", "expand_reach", "shortest_paths"]
