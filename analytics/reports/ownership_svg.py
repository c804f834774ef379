"""The ownership chart of a business chain: owners above, what they own below, every unknown drawn and every ring shown.

Purple lines own, light blue lines control, black ones are of another kind; solid is direct, dotted is indirect or unknown;
the thicker, the larger the share. Ended links are thin and grey.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.business.model import BusinessChain, ChainLink, ChainNode, Role
from analytics.reports.geometry import Box, Curve, label_spots
from analytics.reports.ownership_lines import step
from analytics.reports.rows_layout import BOX, Spot, place_rows
from analytics.reports.sheet import text_width
from analytics.reports.style import load_style
from analytics.reports.svg import halo, hover, label, picture, symbol, tag
from analytics.reports.text import NO_NAME, cut, visible, wrap

OWNERSHIP = frozenset({"PSC_OF", "OWNS", "CONTROLS", "UNKNOWN_OWNER"})
_OTHERS = frozenset({"FRANCHISE_OF", "SUCCESSOR_OF"})
OWNS, CONTROLS, OTHER, ENDED = "#6a2c91", "#1a86c0", "#1a1a1a", "#8a8a8a"
_TEXT_AT = 52.0
_MARGIN = 46.0


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One line, ready to draw."""

    link: ChainLink
    curve: Curve
    words: tuple[str, ...]


def render_ownership(chain: BusinessChain) -> str:
    """The chart as SVG text; the subject alone where no ownership is recorded."""
    links = _links(chain)
    nodes = _nodes(chain, links)
    spots = place_rows(
        {node.uid: node.level for node in nodes}, [(link.source, link.target) for link in links]
    )
    seen: dict[tuple[str, str], int] = {}
    drawn: list[_Drawn] = []
    for link in links:
        pair = (min(link.source, link.target), max(link.source, link.target))
        seen[pair] = seen.get(pair, -1) + 1
        drawn.append(_Drawn(link, step(spots[link.source], spots[link.target], seen[pair]), _words(link)))
    boxes = [_box(node, spots[node.uid], chain.subject) for node in nodes]
    parts = [*(_line(line) for line in drawn), *boxes, *_labels(drawn, [spots[node.uid] for node in nodes])]
    return _picture(parts, spots, drawn, chain)


def _links(chain: BusinessChain) -> list[ChainLink]:
    """Ownership and control, and links of other kinds between the same boxes."""
    main = [link for link in chain.links if link.type in OWNERSHIP]
    ends = {uid for link in main for uid in (link.source, link.target)} | {chain.subject}
    allowed = {
        node.uid
        for node in chain.nodes
        if node.type not in {"Vehicle", "Location", "Account", "Phone", "Object"}
    }
    return [
        link
        for link in chain.links
        if link.type in OWNERSHIP | _OTHERS and {link.source, link.target} <= ends & allowed
    ]


def _nodes(chain: BusinessChain, links: Sequence[ChainLink]) -> list[ChainNode]:
    wanted = {uid for link in links for uid in (link.source, link.target)} | {chain.subject}
    return [node for node in chain.nodes if node.uid in wanted]


def _words(link: ChainLink) -> tuple[str, ...]:
    """Share (exact value, else range), or what the control rests on."""
    found: list[str] = []
    if link.share is not None:
        found.append(link.share.text())
    if link.type == "CONTROLS":
        basis = link.link.first("basis") if link.link else None
        found = [f"controls: {basis}" if basis else "controls"]
    elif link.type in _OTHERS:
        found = [link.label]
    if not link.current:
        found.append("ended")
    return tuple(cut(visible(text), 30) for text in found)


def colour_of(link: ChainLink) -> str:
    """Purple owns, light blue controls, black is another kind, grey has ended."""
    if not link.current:
        return ENDED
    if link.type in _OTHERS:
        return OTHER
    return CONTROLS if link.type == "CONTROLS" else OWNS


def is_dotted(link: ChainLink) -> bool:
    """True for indirect links, unknown owners and shares that no source states."""
    indirect = bool(link.link and any(value is True for value in link.link.properties.get("indirect", ())))
    unstated = link.type in {"PSC_OF", "OWNS"} and link.share is not None and not link.share.stated
    return indirect or link.link is None or unstated


def width_of(link: ChainLink) -> float:
    """Pixels: 1.4 for no share to 7 for the whole (the middle of the interval counts)."""
    if not link.current or link.share is None or not link.share.stated or link.type == "CONTROLS":
        return 1.4
    return 1.4 + 5.6 * (link.share.low + link.share.high) / 2


def _line(drawn: _Drawn) -> str:
    link, colour = drawn.link, colour_of(drawn.link)
    look: dict[str, str | float] = {
        "d": drawn.curve.path(width_of(link) * 1.5 + 4), "fill": "none", "stroke": colour, "stroke-width": width_of(link), "stroke-linecap": "butt",
    }  # fmt: skip
    if is_dotted(link):
        look["stroke-dasharray"] = "2 5" if width_of(link) < 3 else "4 6"
    head = tag("polygon", {"points": drawn.curve.arrow(width_of(link)), "fill": colour})
    said = ", ".join((link.label, *drawn.words))
    return tag("g", {"class": "line"}, hover(said), tag("path", look), head)


def _labels(drawn: Sequence[_Drawn], spots: Sequence[Spot]) -> list[str]:
    sizes = [
        (max((text_width(text, 11) for text in one.words), default=0) + 8, 14.0 * len(one.words))
        for one in drawn
    ]
    taken = [Box(x, y, BOX[0], BOX[1]) for x, y in spots]
    placed = label_spots(
        sizes, [one.curve for one in drawn], taken, later=[not one.link.current for one in drawn]
    )
    written: list[str] = []
    for one, spot in zip(drawn, placed, strict=True):
        x, y = spot or one.curve.at(0.5)
        top = y - 7 * len(one.words) + 11
        look = {"font_size": 11, "text_anchor": "middle", "fill": "#222222", **halo(5)}
        written += [label(text, x, top + 14 * row, **look) for row, text in enumerate(one.words)]
    return written


def _fitted(name: str, *, bold: bool) -> tuple[str, ...]:
    """At most two lines that stay inside the box: capitals, as the register writes names, are wider than others."""
    room = BOX[0] - _TEXT_AT - 8
    capitals = sum(letter.isupper() for letter in name) / len(name)
    letter = 12 * (0.52 + 0.16 * capitals) * (1.08 if bold else 1.0)
    return wrap(name, max(8, int(room / letter)), 2)


def _box(node: ChainNode, spot: Spot, subject: str) -> str:
    style = load_style().items.get(node.type) or load_style().items["Unknown"]
    width, height = BOX
    unknown = node.entity is None or node.type == "Unknown"
    frame: dict[str, str | float] = {
        "x": -width / 2, "y": -height / 2, "width": width, "height": height, "rx": 6,
        "fill": "#fff8e0" if node.uid == subject else "#ffffff", "stroke": style.colour,
        "stroke-width": 3 if node.uid == subject else 1.5,
    }  # fmt: skip
    if unknown:
        frame["stroke-dasharray"] = "5 4"
    mark = tag("g", {"transform": f"translate({-width / 2 + 27:.1f} 0) scale(0.72)"}, symbol(style))
    name = visible(node.caption, 200).strip() or NO_NAME
    lines = _fitted(name, bold=node.uid == subject)
    top = -7 if len(lines) > 1 else 0
    weight = "bold" if node.uid == subject else "normal"
    texts = [
        label(text, -width / 2 + _TEXT_AT, top + 14 * row, font_size=12, font_weight=weight)
        for row, text in enumerate(lines)
    ]
    small = label(
        _small(node), -width / 2 + _TEXT_AT, top + 14 * len(lines) + 1, font_size=9.5, fill="#5a5a5a"
    )
    place = {"class": "box", "transform": f"translate({spot[0]:.1f} {spot[1]:.1f})"}
    return tag("g", place, hover(name), tag("rect", frame), mark, *texts, small)


def _small(node: ChainNode) -> str:
    """What stands under a name: number or birth date, country, and whether the role has ended."""
    facts = [str(value) for value in _facts(node)]
    if Role.FORMER in node.roles:
        facts.append("former")
    return cut(visible(", ".join(facts)), 32)


def _facts(node: ChainNode) -> list[object]:
    if node.entity is None:
        return ["no record names it"]
    found = [node.entity.first(name) for name in ("company_number", "birth_date", "country")]
    return [value for value in found if value is not None]


def _picture(
    parts: Sequence[str], spots: dict[str, Spot], drawn: Sequence[_Drawn], chain: BusinessChain
) -> str:
    points = [*spots.values(), *(line.curve.at(0.5) for line in drawn)]
    left = min(x for x, _ in points) - BOX[0] / 2 - _MARGIN
    top = min(y for _, y in points) - BOX[1] / 2 - 20
    width = max(x for x, _ in points) + BOX[0] / 2 + _MARGIN - left
    height = max(y for _, y in points) + BOX[1] / 2 + 20 - top
    named = visible(chain.node(chain.subject).caption, 120)
    return picture(width, height, f"Ownership chart around {named}", parts, origin=(left, top))
