"""Measures of a view: rankings, communities, tallies, exposure."""

from analytics.measures.communities import (
    Communities,
    Community,
    CommunityMember,
    GroupShare,
    find_communities,
)
from analytics.measures.exposure import (
    DIRECT,
    FAMILY_FRIENDS,
    FRIENDS_OF_FRIENDS,
    Exposure,
    associates_of_offenders,
)
from analytics.measures.rank import RankedEntity, Ranking, rank
from analytics.measures.registry import MEASURES, Measure, measure_named
from analytics.measures.tally import Tally, tally

__all__ = [
    "DIRECT", "FAMILY_FRIENDS", "FRIENDS_OF_FRIENDS", "MEASURES", "Communities", "Community", "CommunityMember",
    "Exposure", "GroupShare", "Measure", "RankedEntity", "Ranking", "Tally", "associates_of_offenders",
    "find_communities", "measure_named", "rank", "tally",
]  # fmt: skip
