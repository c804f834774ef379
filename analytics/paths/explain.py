"""Links and paths in words, each with the records that say so. Text only: escaping is for whoever prints it."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphcore.model import Link, Path
from graphcore.schema.loader import load_schema

_VERBS = frozenset(
    {"owns", "controls", "supplies", "employs", "uses", "lives", "trades", "calls", "pays", "co-offends", "mentions", "occurred"}
)  # fmt: skip
_DETAILS = ("role", "basis", "relation", "brand", "goods", "kind", "description")


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a path, walked from ``source`` to ``target`` (uids). ``text`` reads in the link's own direction."""

    source: str
    target: str
    lid: str
    type: str
    text: str
    rids: tuple[str, ...]
    gradings: tuple[str, ...]


def sentence(link: Link, captions: Mapping[str, str]) -> str:
    """``Ann Lee is officer of Bright Ltd (director; until 2025-03-01)``.

    ``captions`` gives the caption of both ends; an end that is missing is shown by its uid.
    """
    spec = load_schema().links.get(link.type)
    label = spec.label if spec else link.type
    verb = label if label.split()[0] in _VERBS else f"is {label}"
    source, target = (captions.get(uid, uid) for uid in (link.source, link.target))
    details = _details(link)
    return f"{source} {verb} {target}" + (f" ({'; '.join(details)})" if details else "")


def _details(link: Link) -> list[str]:
    found = [str(value) for name in _DETAILS for value in link.properties.get(name, ())]
    low, high = link.first("share_min"), link.first("share_max")
    if isinstance(low, int | float) and isinstance(high, int | float):
        found.append(f"{low * 100:.4g} %" if low == high else f"{low * 100:.4g}-{high * 100:.4g} %")
    amount = link.first("amount_pence")
    if isinstance(amount, int | float):
        found.append(f"{amount / 100:,.2f} {link.first('currency') or '(currency not stated)'}")
    if link.valid_from:
        found.append(f"from {link.valid_from[:10]}")
    if link.valid_to:
        found.append(f"until {link.valid_to[:10]}")
    return found


def explain(path: Path) -> tuple[Step, ...]:
    """A path of a view, link by link."""
    captions = {entity.uid: entity.caption for entity in path.entities}
    return tuple(
        Step(before.uid, after.uid, link.lid, link.type, sentence(link, captions), link.rids, link.gradings)
        for before, link, after in zip(path.entities, path.links, path.entities[1:], strict=False)
    )
