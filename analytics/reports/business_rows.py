"""Rows of the tables of a business-chain report: ready words and numbers, each with the records it rests on.

References are numbers of the evidence list; a link whose records were not handed over has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.business.model import (
    Appointment,
    BusinessChain,
    Control,
    GroupLink,
    Interest,
    MoneySummary,
    SharedThing,
)
from analytics.reports.business import BusinessReport
from analytics.reports.style import load_style
from analytics.reports.text import NO_NAME, money, plural, span

_CONTROL = {Control.CERTAIN: "certain", Control.POSSIBLE: "possible", Control.NONE: "no"}
_CHAINS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Thing:
    """A name in a table: type for its mark, and whether the report's picture and lists know it."""

    uid: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One link of a walk, as seen from the entity before it: ``arrow`` points the way the link runs."""

    arrow: str
    label: str
    to: Thing
    references: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One way from owner to owned in words, with its interval."""

    text: str
    economic: str
    attributed: str
    gradings: str
    references: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InterestRow:
    """An owner's or controller's interest."""

    owner: Thing
    owned: Thing
    economic: str
    attributed: str
    control: str
    rule: str
    chains: tuple[ChainRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Makes rows of one report."""

    report: BusinessReport
    numbers: dict[str, int]

    @property
    def chain(self) -> BusinessChain:
        """The chain of the report."""
        return self.report.chain

    def thing(self, uid: str) -> Thing:
        """Name and type; entities that are counted but not drawn have neither."""
        for node in self.chain.nodes:
            if node.uid == uid:
                return Thing(uid, node.type, node.caption.strip() or NO_NAME)
        return Thing(uid, "Unknown", "(counted, not named here)")

    def known(self, uids: Iterable[str]) -> list[Thing]:
        """Those that the chain draws."""
        return [self.thing(uid) for uid in uids if uid in self.report.names]

    def references(self, lids: Iterable[str]) -> tuple[int, ...]:
        """Numbers of the records behind some links, ascending."""
        links = {link.lid: link for link in self.chain.links}
        rids = [rid for lid in lids if lid in links and (link := links[lid].link) for rid in link.rids]
        return tuple(sorted({self.numbers[rid] for rid in rids if rid in self.numbers}))

    def about(self) -> dict[str, str]:
        """What each record speaks of: a name, or two names for a link."""
        found = {rid: node.caption for node in self.chain.nodes if node.entity for rid in node.entity.rids}
        for link in (one.link for one in self.chain.links):
            if link:
                found |= dict.fromkeys(
                    link.rids, f"{self.thing(link.source).name} → {self.thing(link.target).name}"
                )
        return found

    def gradings(self, lids: Iterable[str]) -> str:
        """Gradings of the records behind some links, as received."""
        wanted = set(lids)
        links = [link.link for link in self.chain.links if link.lid in wanted and link.link]
        return ", ".join(sorted({g for link in links for g in link.gradings if g})) or "not graded"

    def interest(self, one: Interest) -> InterestRow:
        """An interest with its chains."""
        shown = one.chains[:_CHAINS_SHOWN]
        chains = tuple(
            ChainRow(
                " > ".join(self.thing(uid).name for uid in chain.uids),
                chain.economic.text(),
                chain.attributed.text(),
                self.gradings(chain.lids),
                self.references(chain.lids),
            )
            for chain in shown
        )
        owner, owned = self.thing(one.owner), self.thing(one.owned)
        figures = (one.economic.text(), one.attributed.text(), _CONTROL[one.control])
        return InterestRow(owner, owned, *figures, _rule(one), chains, len(one.chains) - len(shown))

    def officer(self, one: Appointment) -> dict[str, object]:
        """An appointment."""
        link = self.chain.link(one.lid).link
        return {
            "person": self.thing(one.person), "business": self.thing(one.business), "role": one.role or "not said",
            "when": span(link.valid_from, link.valid_to) if link else "", "current": one.current,
            "appointments": one.appointments, "references": self.references([one.lid]),
        }  # fmt: skip

    def shared(self, one: SharedThing) -> dict[str, object]:
        """A shared address, phone, account or vehicle."""
        hidden = one.joins - len(one.members) - len(one.others)
        return {
            "thing": self.thing(one.uid), "kind": one.kind, "members": [self.thing(uid) for uid in one.members],
            "others": [self.thing(uid) for uid in one.others], "more": max(hidden, 0), "discounted": one.discounted,
            "joins": one.joins, "references": self.references(one.lids),
        }  # fmt: skip

    def group(self, one: GroupLink) -> dict[str, object]:
        """A group and the walk to it."""
        return {
            "group": self.thing(one.group), "via": self.thing(one.via), "role": one.role or "not said",
            "distance": plural(one.distance, "link"), "start": self.thing(one.uids[0]), "hops": self._hops(one),
        }  # fmt: skip

    def _hops(self, one: GroupLink) -> list[Hop]:
        links = {link.lid: link for link in self.chain.links}
        hops: list[Hop] = []
        for before, after, lid in zip(one.uids, one.uids[1:], one.lids, strict=False):
            link = links.get(lid)
            arrow = "→" if link and link.source == before else "←"
            label = (
                load_style().links[link.type].label
                if link and link.type in load_style().links
                else "linked to"
            )
            hops.append(Hop(arrow, label, self.thing(after), self.references([lid])))
        return hops

    def money(self, one: MoneySummary) -> dict[str, object]:
        """One currency's sums and chief counterparts."""
        sums = {
            name: money(value, one.currency)
            for name, value in (
                ("in", one.inward_pence),
                ("out", one.outward_pence),
                ("inside", one.inside_pence),
            )
        }
        return {
            "sums": sums, "payments": one.payments, "unpriced": one.unpriced, "in_both": one.in_both,
            "accounts": self.known(one.accounts), "unnamed": len(one.accounts) - len(self.known(one.accounts)),
            "counterparts": [
                {
                    "account": self.thing(c.account), "holders": self.known(c.holders),
                    "in": money(c.in_pence, one.currency), "out": money(c.out_pence, one.currency),
                    "payments": c.payments, "references": self.references(c.lids),
                }
                for c in one.counterparts
            ],
        }  # fmt: skip

    def relation(self, lid: str) -> dict[str, object]:
        """A franchise, supply or work relation."""
        found = self.chain.link(lid)
        link = found.link
        return {
            "source": self.thing(found.source), "label": load_style().links[found.type].label,
            "target": self.thing(found.target), "when": span(link.valid_from, link.valid_to) if link else "",
            "current": found.current, "grading": ", ".join(g for g in link.gradings if g) if link else "",
            "references": self.references([lid]),
        }  # fmt: skip


def _rule(one: Interest) -> str:
    notes = [one.rule]
    if one.cyclic and "ring" not in one.rule:
        notes.append("a ring of owners is involved: upper ends are bounds")
    if one.truncated:
        notes.append("there are more chains than were followed")
    return "; ".join(note for note in notes if note)
