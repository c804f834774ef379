"""Shares and control of single links, and of all links between one owner and what it owns. Intervals, never points.

A register's bands come as "more than 50 % and less than 75 %", so a band that starts at one half is a majority; an owner
with exactly one half has none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.business.model import UNSTATED, Control, Share
from graphcore.model import Link

_RANK = {Control.NONE: 0, Control.POSSIBLE: 1, Control.CERTAIN: 2}
_BOARD = "appoint-and-remove"


@dataclass(frozen=True, slots=True)
class Holding:
    """Everything one owner holds directly in one entity.

    ``direct``: no link may contain what runs through others. ``banded``: every link is of a register's bands, whose lower
    ends are not part of them ("more than 50 %").
    """

    share: Share
    control: Control
    lids: tuple[str, ...]
    direct: bool
    banded: bool


def majority(share: Share, *, banded: bool) -> Control:
    """Whether an interval is above one half: at its lower end, at its upper end, or not."""
    if share.low > 0.5 or (banded and share.low == 0.5 and share.high > 0.5):
        return Control.CERTAIN
    return Control.POSSIBLE if share.high > 0.5 else Control.NONE


def interval(link: Link, low_name: str, high_name: str) -> Share | None:
    """The hull of what the records say; None where none gives a number from 0 to 1."""
    low, high = _numbers(link, low_name), _numbers(link, high_name)
    ends = [*low, *high]
    if not ends:
        return None
    return Share(min(low) if low else 0.0, max(high) if high else 1.0)


def share_of(link: Link) -> Share:
    """The share that an ownership or control link gives; ``UNSTATED`` where its records give none."""
    return interval(link, "share_min", "share_max") or UNSTATED


def control_of(link: Link) -> Control:
    """Whether the link carries control: by its type, shares, votes or the right to appoint the board."""
    if link.type == "CONTROLS":
        return Control.CERTAIN
    if any(_BOARD in str(nature) for nature in link.properties.get("natures", ())):
        return Control.CERTAIN
    shares, votes = interval(link, "share_min", "share_max"), interval(link, "voting_min", "voting_max")
    if shares is None and votes is None:
        return Control.POSSIBLE
    banded = link.type == "PSC_OF"
    return strongest(majority(stated, banded=banded) for stated in (shares, votes) if stated)


def strongest(controls: Iterable[Control]) -> Control:
    """The strongest of several ways of control."""
    return max(controls, key=_RANK.__getitem__, default=Control.NONE)


def weakest(controls: Iterable[Control]) -> Control:
    """Control along a chain: as good as its weakest link."""
    return min(controls, key=_RANK.__getitem__, default=Control.CERTAIN)


def at_least(control: Control, wanted: Control) -> bool:
    """True if ``control`` is as strong as ``wanted``, or stronger."""
    return _RANK[control] >= _RANK[wanted]


def holding(links: Sequence[Link]) -> Holding:
    """Several links of one owner to one entity, taken as statements about one holding.

    Two sources that state the same shares are the common case, and adding them would invent some: so the lower end is the
    largest lower end stated, and the upper end the largest upper end.
    """
    stated = [share for link in links if (share := share_of(link)).stated]
    share = Share(max(s.low for s in stated), max(s.high for s in stated)) if stated else UNSTATED
    return Holding(
        share=share, control=strongest(control_of(link) for link in links),
        lids=tuple(sorted(link.lid for link in links)), direct=all(_direct(link) for link in links),
        banded=all(link.type == "PSC_OF" for link in links),
    )  # fmt: skip


def product(shares: Iterable[Share]) -> Share:
    """Dilution along a chain: lower ends multiplied, upper ends multiplied."""
    low = high = 1.0
    stated = True
    for share in shares:
        low, high, stated = low * share.low, high * share.high, stated and share.stated
    return Share(low, high, stated)


def _numbers(link: Link, name: str) -> list[float]:
    values = (value for value in link.properties.get(name, ()) if isinstance(value, int | float))
    return [float(value) for value in values if 0 <= value <= 1]


def _direct(link: Link) -> bool:
    """PSC bands say "directly or indirectly", whatever else a record holds; only an owner's own share can be direct."""
    return link.type == "OWNS" and not any(link.properties.get("indirect", ()))
