"""What a business chain is made of: frozen values that a report can print without asking the view again.

Shares are fractions, 0 to 1, always as an interval. Nothing here is computed from records outside the view: ``rids``
names every record that the chain rests on and ``labels`` every access label number, for the banner.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from graphcore.model import Entity, Link


class Control(StrEnum):
    """Whether an interest carries control: ``certain`` above one half at its lower end, ``possible`` at its upper."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NONE = "none"


class Role(StrEnum):
    """Why an entity is in the chain."""

    SUBJECT = "subject"
    OWNER = "owner"
    INTEREST = "interest"
    OFFICER = "officer"
    SHARED = "shared"
    FRANCHISE = "franchise"
    SUPPLY = "supply"
    WORKFORCE = "workforce"
    SUCCESSOR = "successor"
    GROUP = "group"
    ASSOCIATE = "associate"
    FORMER = "former"
    UNKNOWN_OWNER = "unknown owner"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True, slots=True)
class Share:
    """A closed interval of fractions, 0 <= low <= high <= 1. ``stated`` is False where the source gives no share."""

    low: float
    high: float
    stated: bool = True

    @property
    def exact(self) -> bool:
        """True if both ends are one."""
        return self.low == self.high

    def text(self) -> str:
        """``50-75 %``, ``100 %``, or ``share not stated``."""
        if not self.stated and (self.low, self.high) == (0.0, 1.0):
            return "share not stated"
        low, high = f"{self.low * 100:.4g}", f"{self.high * 100:.4g}"
        return f"{low} %" if low == high else f"{low}-{high} %"


UNSTATED = Share(0.0, 1.0, stated=False)


@dataclass(frozen=True, slots=True)
class ChainNode:
    """One entity of the picture. ``entity`` is None for a node drawn for an owner that no record names.

    ``roles`` in order of the enum; ``level`` is 0 for the subject, above 0 for owners (further up = higher), below 0 for
    interests, 0 for everything beside them.
    """

    uid: str
    type: str
    caption: str
    roles: tuple[Role, ...]
    level: int
    entity: Entity | None = None


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One link of the picture, ``source`` -> ``target``. ``link`` is None where the source is an unknown owner.

    ``share`` is None for links that carry none. ``current`` is False for links that ended (or had not begun) at the
    time the chain is drawn for: they are shown and left out of all arithmetic.
    """

    lid: str
    type: str
    label: str
    source: str
    target: str
    current: bool
    share: Share | None = None
    control: Control = Control.NONE
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class ShareChain:
    """One way from an owner down to an owned entity, with the arithmetic along it.

    ``economic`` is the product of the intervals; ``attributed`` lets links above one half pass undiluted.
    """

    uids: tuple[str, ...]
    lids: tuple[str, ...]
    economic: Share
    attributed: Share
    control: Control


@dataclass(frozen=True, slots=True)
class Interest:
    """What ``owner`` has in ``owned`` over all chains. ``rule`` says in words how the figures came about.

    ``cyclic``: some chain touches a ring of owners, so the upper ends are bounds. ``truncated``: there are more chains.
    """

    owner: str
    owned: str
    economic: Share
    attributed: Share
    control: Control
    chains: tuple[ShareChain, ...]
    rule: str
    cyclic: bool = False
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Appointment:
    """One officer's role in one business of the chain. ``appointments`` counts the officer's visible businesses."""

    person: str
    business: str
    role: str
    current: bool
    lid: str
    appointments: int


@dataclass(frozen=True, slots=True)
class SharedThing:
    """An address, phone, account or vehicle that the chain shares with others.

    ``members`` are chain entities, ``others`` the rest (the first ones by uid), ``joins`` how many entities use it in
    all. ``weight`` is 1 / (joins - 1): what is used by two says most. ``discounted``: used by so many that it says next
    to nothing (a formation agent's address), so ``others`` are not followed.
    """

    uid: str
    kind: str
    members: tuple[str, ...]
    others: tuple[str, ...]
    joins: int
    weight: float
    discounted: bool
    lids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhoenixHint:
    """A business that looks like another one risen again: computed, an indicator and no finding."""

    earlier: str
    later: str
    reasons: tuple[str, ...]
    lids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupLink:
    """How the chain touches an organised crime group: the walk from the subject to it, link by link.

    ``distance`` is the number of links from the subject. ``via`` is the member through whom.
    """

    group: str
    via: str
    role: str
    uids: tuple[str, ...]
    lids: tuple[str, ...]

    @property
    def distance(self) -> int:
        """Number of links from the subject."""
        return len(self.lids)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Payments between the chain's accounts and one account outside: sums in pence, and their number."""

    account: str
    holders: tuple[str, ...]
    in_pence: int
    out_pence: int
    payments: int
    lids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneySummary:
    """Payments of the chain's accounts in one currency, in its hundredth unit ("" where no currency is given).

    ``inside`` moved between the chain's own accounts, ``inward`` came from others, ``outward`` went to others.
    ``unpriced`` counts payments without an amount, ``in_both`` those that the statements of both accounts give, counted once.
    ``counterparts``: largest sum first, then uid.
    """

    currency: str
    accounts: tuple[str, ...]
    inside_pence: int
    inward_pence: int
    outward_pence: int
    payments: int
    unpriced: int
    in_both: int
    counterparts: tuple[Counterpart, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the records do not say and a reader needs to know: what, about whom, why it matters."""

    kind: str
    uid: str
    text: str


@dataclass(frozen=True, slots=True)
class BusinessChain:
    """A business chain around one subject: picture (``nodes``, ``links``), sections, gaps, evidence.

    Order: nodes by (role, level, uid); links by lid; owners and interests by (furthest attributed share first, uid);
    everything else by uid or as its type says. ``on`` is the time it is drawn for; None: links without an end.
    """

    subject: str
    on: datetime | None
    nodes: tuple[ChainNode, ...]
    links: tuple[ChainLink, ...]
    owners: tuple[Interest, ...]
    interests: tuple[Interest, ...]
    officers: tuple[Appointment, ...]
    shared: tuple[SharedThing, ...]
    franchise: tuple[str, ...]
    supply: tuple[str, ...]
    workforce: tuple[str, ...]
    phoenix: tuple[PhoenixHint, ...]
    money: tuple[MoneySummary, ...]
    groups: tuple[GroupLink, ...]
    cycles: tuple[tuple[str, ...], ...]
    gaps: tuple[Gap, ...]
    rids: tuple[str, ...]
    labels: tuple[int, ...]
    truncated: bool

    def node(self, uid: str) -> ChainNode:
        """The node of ``uid``.

        Raises:
            KeyError: it is not in this chain.
        """
        for node in self.nodes:
            if node.uid == uid:
                return node
        raise KeyError(uid)

    def link(self, lid: str) -> ChainLink:
        """The link of ``lid``.

        Raises:
            KeyError: it is not in this chain.
        """
        for link in self.links:
            if link.lid == lid:
                return link
        raise KeyError(lid)
