"""Business chains: owners, interests, officers, shared things, money and groups around one business or person."""

from analytics.business.chain import business_chain
from analytics.business.model import (
    UNSTATED,
    Appointment,
    BusinessChain,
    ChainLink,
    ChainNode,
    Control,
    Counterpart,
    Gap,
    GroupLink,
    Interest,
    MoneySummary,
    PhoenixHint,
    Role,
    Share,
    ShareChain,
    SharedThing,
)

__all__ = [
    "UNSTATED", "Appointment", "BusinessChain", "ChainLink", "ChainNode", "Control", "Counterpart", "Gap", "GroupLink",
    "Interest", "MoneySummary", "PhoenixHint", "Role", "Share", "ShareChain", "SharedThing", "business_chain",
]  # fmt: skip
