"""The business chain around one business or person, from one view: read, counted, and frozen. Nothing is rendered here.

Deterministic: equal views and arguments give equal chains. All limits that were met are told in ``gaps``.
"""

from datetime import datetime

from analytics.business.collect import OWNERSHIP, Draft, Pool
from analytics.business.groups import add_groups
from analytics.business.model import BusinessChain, ChainLink, ChainNode, Role
from analytics.business.money import add_money
from analytics.business.ownership import Ownership, add_ownership
from analytics.business.phoenix import add_phoenix
from analytics.business.shares import control_of, share_of
from analytics.business.surroundings import add_franchise, add_officers, add_shared, add_supply, add_workforce
from analytics.errors import SubjectError
from graphcore.schema.loader import load_schema
from graphcore.store.port import GraphView

SUBJECTS = frozenset({"Business", "Person", "Organisation", "OrganisedCrimeGroup", "Unknown"})
MAX_BUSINESSES = 200
MAX_PEOPLE = 300
_ORDER = {role: place for place, role in enumerate(Role)}


def business_chain(view: GraphView, uid: str, *, on: datetime | None = None) -> BusinessChain:
    """Everything a business-chain report needs about one subject.

    Args:
        view: What the reader may see; every count and interval is of this view.
        uid: A business, person, organisation, organised crime group or owner of unknown kind.
        on: Draw the chain for this time (aware UTC): links that did not hold then are shown as former and left out of the
            arithmetic. None: links that no record ends are current.

    Raises:
        SubjectError: no such entity for this reader, or one that has no business chain.
    """
    subject = view.entity(uid)
    if subject is None:
        raise SubjectError("no such entity: check the id, or search for it again")
    if subject.type not in SUBJECTS:
        raise SubjectError(f"a business chain starts from {', '.join(sorted(SUBJECTS))}, not {subject.type}")
    pool = Pool(view, on)
    pool.entities[uid] = subject
    draft = Draft(pool, uid)
    draft.draw(uid, Role.SUBJECT, 0)
    ownership = add_ownership(draft)
    franchise = add_franchise(draft, _businesses(draft))
    businesses = _businesses(draft)
    officers = add_officers(draft, businesses)
    people = draft.nearest(
        pool.of_type(draft.with_role(Role.SUBJECT, Role.OWNER, Role.OFFICER), "Person"), MAX_PEOPLE, "people"
    )
    shared = add_shared(draft, businesses, people)
    supply, workforce = add_supply(draft, businesses), add_workforce(draft, businesses)
    phoenix = add_phoenix(draft, businesses)
    insiders = pool.of_type(draft.with_role(Role.SUBJECT, Role.OWNER), "Person")
    money = add_money(draft, [*businesses, *insiders])
    groups = add_groups(draft, sorted({*businesses, *people, uid}))
    if pool.truncated:
        draft.gap("limit", uid, "a list was cut at a limit of the view: there is more than drawn and counted")
    nodes, links = _nodes(draft), _links(draft)
    return BusinessChain(
        subject=uid, on=on, nodes=nodes, links=links, owners=ownership.owners, interests=ownership.interests,
        officers=officers, shared=shared, franchise=franchise, supply=supply, workforce=workforce, phoenix=phoenix,
        money=money, groups=groups, cycles=ownership.cycles, gaps=tuple(dict.fromkeys(draft.gaps)),
        rids=_rids(nodes, links), labels=_labels(pool), truncated=_truncated(draft, ownership),
    )  # fmt: skip


def _businesses(draft: Draft) -> list[str]:
    roles = (Role.SUBJECT, Role.OWNER, Role.INTEREST, Role.FRANCHISE, Role.FORMER)
    found = draft.pool.of_type(draft.with_role(*roles), "Business")
    return sorted(draft.nearest(found, MAX_BUSINESSES, "businesses"))


def _nodes(draft: Draft) -> tuple[ChainNode, ...]:
    nodes = [node for node, _ in draft.placeholders]
    for uid, roles in draft.roles.items():
        entity = draft.pool.entities[uid]
        ordered = tuple(sorted(roles, key=_ORDER.__getitem__))
        nodes.append(ChainNode(uid, entity.type, entity.caption, ordered, draft.levels.get(uid, 0), entity))
    return tuple(sorted(nodes, key=lambda node: (_ORDER[node.roles[0]], node.level, node.uid)))


def _links(draft: Draft) -> tuple[ChainLink, ...]:
    pool, specs = draft.pool, load_schema().links
    links = [link for _, link in draft.placeholders]
    for lid in draft.lids:
        link = pool.links[lid]
        label = specs[link.type].label if link.type in specs else link.type
        made = ChainLink(lid, link.type, label, link.source, link.target, pool.current(link), link=link)
        if link.type in OWNERSHIP:
            made = ChainLink(
                lid, link.type, label, link.source, link.target, pool.current(link), share_of(link), control_of(link), link
            )  # fmt: skip
        links.append(made)
    return tuple(sorted(links, key=lambda link: link.lid))


def _rids(nodes: tuple[ChainNode, ...], links: tuple[ChainLink, ...]) -> tuple[str, ...]:
    shown = {rid for node in nodes if node.entity for rid in node.entity.rids}
    return tuple(sorted(shown | {rid for link in links if link.link for rid in link.link.rids}))


def _labels(pool: Pool) -> tuple[int, ...]:
    """Of everything read, drawn or only counted: a banner may say too much but never too little."""
    labels = {label for entity in pool.entities.values() for label in entity.labels}
    return tuple(sorted(labels | {label for link in pool.links.values() for label in link.labels}))


def _truncated(draft: Draft, ownership: Ownership) -> bool:
    chains = any(interest.truncated for interest in (*ownership.owners, *ownership.interests))
    return draft.pool.truncated or chains or any(gap.kind == "limit" for gap in draft.gaps)
