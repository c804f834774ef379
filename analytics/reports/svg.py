"""A small writer of static SVG: only the elements and attributes below, so no script, no style text and no reference to
anything outside can get into a picture, whatever the sources wrote.

Text is made safe to show before it is escaped.
"""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from analytics.reports.errors import ReportError
from analytics.reports.style import ItemStyle
from analytics.reports.text import visible, xml_text

ELEMENTS = frozenset({"svg", "g", "path", "line", "polygon", "circle", "rect", "text", "title", "desc"})
ATTRIBUTES = frozenset(
    {
        "xmlns", "viewBox", "width", "height", "role", "aria-label", "class", "id", "x", "y", "x1", "y1", "x2", "y2",
        "cx", "cy", "r", "rx", "d", "points", "fill", "fill-rule", "stroke", "stroke-width", "stroke-dasharray",
        "stroke-linejoin", "stroke-linecap", "paint-order", "transform", "font-size", "font-family", "font-weight",
        "font-style", "text-anchor", "opacity", "preserveAspectRatio",
    }
)  # fmt: skip
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
_FRAMES = {
    "square": "M-20 -20H20V20H-20z",
    "rounded": "M-12 -20H12A8 8 0 0 1 20 -12V12A8 8 0 0 1 12 20H-12A8 8 0 0 1 -20 12V-12A8 8 0 0 1 -12 -20z",
    "circle": "M0 -21A21 21 0 1 1 0 21A21 21 0 1 1 0 -21z",
    "diamond": "M0 -27L27 0L0 27L-27 0z",
    "hexagon": "M-12.5 -21.5H12.5L25 0L12.5 21.5H-12.5L-25 0z",
    "octagon": "M-9.5 -23H9.5L23 -9.5V9.5L9.5 23H-9.5L-23 9.5V-9.5z",
    "pentagon": "M0 -25L24 -7L15 21H-15L-24 -7z",
    "page": "M-17 -22H9L19 -12V22H-17z",
    "shield": "M-20 -21H20V2C20 14 10 21 0 25C-10 21 -20 14 -20 2z",
}


def tag(name: str, attributes: Mapping[str, str | int | float] | None = None, *children: str) -> str:
    """One element; ``children`` are elements made here or text from :func:`words`.

    Raises:
        ReportError: the element or an attribute is not on the list.
    """
    given = attributes or {}
    if name not in ELEMENTS or not ATTRIBUTES.issuperset(given):
        raise ReportError(f"the picture writer has no element {name} with {', '.join(given)}")
    written = "".join(f" {key}={quoteattr(xml_text(_number(value))[0])}" for key, value in given.items())
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def words(text: str) -> str:
    """Text content: safe to show, then escaped."""
    return escape(xml_text(visible(text))[0])


def label(text: str, x: float, y: float, **look: str | float) -> str:
    """One line of text; ``look`` names attributes with ``_`` for ``-``. A white halo keeps it legible over lines."""
    own = {key.replace("_", "-"): value for key, value in look.items()}
    return tag("text", {"x": x, "y": y, **own}, words(text))


def halo(width: float = 4) -> dict[str, str | float]:
    """Attributes of text that lies over lines."""
    return {"stroke": "#ffffff", "stroke_width": width, "stroke_linejoin": "round", "paint_order": "stroke"}


def hover(text: str) -> str:
    """The full text, shown when the pointer rests on the element that holds it."""
    return tag("title", None, words(text))


def symbol(style: ItemStyle, *, focus: bool = False) -> str:
    """The mark of an entity type, centred on 0,0 and about 46 px across; ``focus`` gets a ring."""
    frame = _FRAMES[style.shape]
    ring = tag("circle", {"r": 31, "fill": "none", "stroke": "#1a1a1a", "stroke-width": 2.5}) if focus else ""
    glyph = {
        "d": style.glyph,
        "fill": "#ffffff",
        "fill-rule": "evenodd",
        "transform": "translate(-13.2 -13.2) scale(1.1)",
    }
    return (
        ring
        + tag("path", {"d": frame, "fill": style.colour, "stroke": "#ffffff", "stroke-width": 1.5})
        + tag("path", glyph)
    )


def picture(
    width: float, height: float, title: str, parts: Iterable[str], *, origin: tuple[float, float] = (0, 0)
) -> str:
    """A whole picture; ``title`` is what a screen reader says."""
    head = {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"{origin[0]:.0f} {origin[1]:.0f} {width:.0f} {height:.0f}",
        "width": width, "height": height, "role": "img", "font-family": FONT, "font-size": 12, "fill": "#1a1a1a",
    }  # fmt: skip
    return tag("svg", head, tag("title", None, words(title)), *parts)
