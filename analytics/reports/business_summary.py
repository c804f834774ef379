"""What a business chain says, in sentences that somebody reads first. Only what is in the chain; nothing is weighed anew."""

from collections.abc import Iterable

from analytics.business.model import BusinessChain, Control, Interest
from analytics.reports.text import NO_NAME, money, plural, shorten, visible

_NAMED = 3


def summarise(chain: BusinessChain) -> tuple[str, ...]:
    """One sentence or two on each part of the chain, in the order of the report."""
    parts = (
        _subject(chain), _owners(chain), _interests(chain), _officers(chain), _shared(chain), _groups(chain),
        _money(chain), _rise(chain), _gaps(chain),
    )  # fmt: skip
    return tuple(part for part in parts if part)


def _name(chain: BusinessChain, uid: str) -> str:
    found = next((node.caption for node in chain.nodes if node.uid == uid), "")
    return visible(shorten(found, 120)).strip() or NO_NAME


def _named(chain: BusinessChain, uids: Iterable[str]) -> str:
    every = list(dict.fromkeys(uids))
    names = ", ".join(_name(chain, uid) for uid in every[:_NAMED])
    return f"{names} and {len(every) - _NAMED} more" if len(every) > _NAMED else names


def _subject(chain: BusinessChain) -> str:
    entity = chain.node(chain.subject).entity
    facts: list[str] = []
    for name, words in (("company_number", "company number"), ("status", "status"), ("birth_date", "born")):
        value = entity.first(name) if entity else None
        if value is not None:
            facts.append(f"{words} {visible(str(value), 40)}")
    told = f" ({', '.join(facts)})" if facts else ""
    return f"This report is about {_name(chain, chain.subject)}{told}."


def _owners(chain: BusinessChain) -> str:
    owners = {interest.owner for interest in chain.owners}
    if not owners:
        return "No owner or controller is named by any record that the reader may see."
    text = f"{plural(len(owners), 'owner or controller', 'owners and controllers')} found"
    certain = [interest for interest in chain.owners if interest.control is Control.CERTAIN]
    possible = {interest.owner for interest in chain.owners if interest.control is Control.POSSIBLE}
    if certain:
        text += f"; control is certain for {_with_share(chain, certain)}"
    elif possible:
        text += f"; control is possible, not certain, for {_named(chain, possible)}"
    ring = f" {plural(len(chain.cycles), 'ring')} of owners: shares are bounds there." if chain.cycles else ""
    return f"{text}.{ring}"


def _with_share(chain: BusinessChain, interests: list[Interest]) -> str:
    named = [f"{_name(chain, one.owner)} ({one.economic.text()})" for one in interests[:_NAMED]]
    rest = len(interests) - _NAMED
    return ", ".join(named) + (f" and {rest} more" if rest > 0 else "")


def _interests(chain: BusinessChain) -> str:
    owned = [interest.owned for interest in chain.interests]
    if not owned:
        return ""
    return f"It has interests in {plural(len(set(owned)), 'other', 'others')}: {_named(chain, owned)}."


def _officers(chain: BusinessChain) -> str:
    people = {one.person for one in chain.officers}
    if not people:
        return ""
    current = {one.person for one in chain.officers if one.current}
    busiest = min(chain.officers, key=lambda one: (-one.appointments, one.person))
    text = f"{plural(len(people), 'officer')} across the chain's businesses, {len(current)} of them current."
    if busiest.appointments > 1:
        text += f" {_name(chain, busiest.person)} holds appointments in {busiest.appointments} businesses."
    return text


def _shared(chain: BusinessChain) -> str:
    telling = [one for one in chain.shared if one.joins > 1 and not one.discounted]
    if not telling:
        return ""
    kinds = sorted({one.kind for one in telling})
    others = {uid for one in telling for uid in one.others}
    beyond = f", and joins it to {plural(len(others), 'other')} outside it" if others else ""
    return f"The chain shares {plural(len(telling), 'thing')} ({', '.join(kinds)}){beyond}."


def _groups(chain: BusinessChain) -> str:
    if not chain.groups:
        return "No recorded member of an organised crime group was reached."
    near = chain.groups[0]
    role = f" ({visible(near.role, 60)})" if near.role else ""
    groups = plural(len({way.group for way in chain.groups}), "organised crime group")
    ways = plural(len({way.via for way in chain.groups}), "member")
    return (
        f"{groups} reached through {ways}: {_name(chain, near.group)} through {_name(chain, near.via)}{role}, "
        f"{plural(near.distance, 'link')} from the subject."
    )


def _money(chain: BusinessChain) -> str:
    sums = [
        f"{money(one.inward_pence, one.currency)} came in, {money(one.outward_pence, one.currency)} went out and "
        f"{money(one.inside_pence, one.currency)} moved inside the chain in {plural(one.payments, 'payment')}"
        for one in chain.money
    ]
    return f"Payments seen: {'; '.join(sums)}." if sums else ""


def _rise(chain: BusinessChain) -> str:
    if not chain.phoenix:
        return ""
    pairs = ", ".join(
        f"{_name(chain, one.later)} after {_name(chain, one.earlier)}" for one in chain.phoenix[:_NAMED]
    )
    return f"Computed indicator: {plural(len(chain.phoenix), 'business', 'businesses')} may have risen again ({pairs})."


def _gaps(chain: BusinessChain) -> str:
    cut = " The chain was cut at a limit." if chain.truncated else ""
    if not chain.gaps:
        return cut.strip()
    return f"{plural(len(chain.gaps), 'gap')} in the records {'is' if len(chain.gaps) == 1 else 'are'} listed below.{cut}"
