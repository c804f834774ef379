"""One payment in two statements: what the payer's bank says of it, and what the payee's bank says.

Banks give a payment no reference that both sides share. What stands in the statements of both accounts is told by its ends,
currency, amount and day; each line is taken for one payment of the other side at most.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from graphcore.model import Link

APART: Final = timedelta(days=3)  # a payment of Friday evening is booked on Monday by the other bank


def stated_twice(payments: Iterable[Link]) -> frozenset[str]:
    """The lines of payees' statements that give a payment which the payer's statement gives too.

    Args:
        payments: PAYS links; those that say from whose statement they are (``statement_of``) are looked at.

    Returns:
        Ids of links that a sum has to leave out. O(n log n).
    """
    sides: dict[tuple[object, ...], dict[str, list[tuple[date, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for link in payments:
        said = link.properties.get("statement_of", ())
        amount = link.first("amount_pence")
        if len(said) == 1 and link.valid_from and amount is not None:
            key = link.source, link.target, link.first("currency"), amount
            sides[key][str(said[0])].append((date.fromisoformat(link.valid_from[:10]), link.lid))
    return frozenset(
        lid for side in sides.values() for lid in _matched(sorted(side["payer"]), sorted(side["payee"]))
    )


def _matched(payer: list[tuple[date, str]], payee: list[tuple[date, str]]) -> list[str]:
    """Lines of the payee's side that have one of the payer's, the earliest to the earliest."""
    found: list[str] = []
    at = 0
    for day, lid in payee:
        while at < len(payer) and payer[at][0] < day - APART:
            at += 1
        if at < len(payer) and payer[at][0] <= day + APART:
            found.append(lid)
            at += 1
    return found
