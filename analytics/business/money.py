"""Money in and out of a chain: payments of its accounts, summed. No currency is ever added to another."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from analytics.business.collect import Draft
from analytics.business.model import Counterpart, MoneySummary, Role
from analytics.business.payments import stated_twice
from graphcore.model import Link
from graphcore.store.query import Direction

COUNTERPARTS_SHOWN = 20


@dataclass(slots=True)
class _Sums:
    """Running sums between the chain's accounts and one account outside."""

    in_pence: int = 0
    out_pence: int = 0
    lids: list[str] = field(default_factory=list[str])
    again: list[str] = field(default_factory=list[str])  # the other side's words on the same payments


def add_money(draft: Draft, holders: Collection[str]) -> tuple[MoneySummary, ...]:
    """Sum the payments of the accounts that ``holders`` hold, by currency; draw the chief counterparts.

    Payments at any time are summed: a payment has no end. Amounts are those recorded; a payment that the statements of both its
    accounts give counts once, one that two other sources report under two references twice.
    """
    pool = draft.pool
    held = pool.expand(holders, ["HOLDS_ACCOUNT"], Direction.OUT)
    accounts = {link.target for link in held if link.source in set(holders)}
    if not accounts:
        return ()
    by_currency: dict[str, list[Link]] = defaultdict(list)
    for link in pool.expand(accounts, ["PAYS"]):
        by_currency[str(link.first("currency") or "")].append(link)
    summaries = tuple(
        _summary(draft, currency, by_currency[currency], accounts) for currency in sorted(by_currency)
    )
    for summary in summaries:
        for counterpart in summary.counterparts:
            for lid in counterpart.lids:
                draft.draw_link(pool.links[lid], Role.NEIGHBOUR)
    return summaries


def _summary(draft: Draft, currency: str, links: Iterable[Link], accounts: set[str]) -> MoneySummary:
    inside = payments = unpriced = 0
    links = [*links]
    again = stated_twice(links)
    outside: dict[str, _Sums] = defaultdict(_Sums)
    for link in links:
        other, out = (link.target, True) if link.source in accounts else (link.source, False)
        if link.lid in again:
            if link.source not in accounts or link.target not in accounts:
                outside[other].again.append(link.lid)
            continue
        payments += 1
        amount = link.first("amount_pence")
        pence = int(amount) if isinstance(amount, int | float) else 0
        unpriced += not isinstance(amount, int | float)
        if link.source in accounts and link.target in accounts:
            inside += pence
            continue
        sums = outside[other]
        sums.in_pence, sums.out_pence = sums.in_pence + (not out) * pence, sums.out_pence + out * pence
        sums.lids.append(link.lid)
    return MoneySummary(
        currency=currency, accounts=tuple(sorted(accounts)), inside_pence=inside,
        inward_pence=sum(s.in_pence for s in outside.values()), outward_pence=sum(s.out_pence for s in outside.values()),
        payments=payments, unpriced=unpriced, in_both=len(again), counterparts=_counterparts(draft, outside),
    )  # fmt: skip


def _counterparts(draft: Draft, outside: dict[str, _Sums]) -> tuple[Counterpart, ...]:
    chief = sorted(outside, key=lambda uid: (-(outside[uid].in_pence + outside[uid].out_pence), uid))[
        :COUNTERPARTS_SHOWN
    ]
    holders: dict[str, list[str]] = defaultdict(list)
    for link in draft.pool.expand(chief, ["HOLDS_ACCOUNT"], Direction.IN) if chief else []:
        holders[link.target].append(link.source)
    return tuple(
        Counterpart(
            uid, tuple(sorted(set(holders[uid]))), outside[uid].in_pence, outside[uid].out_pence,
            len(outside[uid].lids), tuple(sorted(outside[uid].lids + outside[uid].again)),
        )
        for uid in chief
    )  # fmt: skip
