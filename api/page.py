"""Pages of tables and bars: everything escaped, nothing fetched, no script."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol
from unicodedata import category

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;margin:2rem;max-width:75rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{border:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}td.n{text-align:right}
svg{display:block;margin:.5rem 0 1.5rem}text{font:11px system-ui,sans-serif}.gap{font-weight:600;color:#8a1c00}
@media(prefers-color-scheme:dark){body{background:#181818;color:#eee}svg text{fill:#eee}.gap{color:#ff9a7a}}
"""
_WIDTH, _HEIGHT, _MOST_LABELS = 900, 120, 12
Cell = str | int | float


class Column(Protocol):
    """One column of a histogram; ``gap``: nothing, or far less than is usual."""

    @property
    def name(self) -> str:
        """What stands below it."""
        ...

    @property
    def count(self) -> int:
        """Its height."""
        ...

    @property
    def gap(self) -> bool:
        """True if it is marked."""
        ...


class Raw(str):
    """Markup of our own."""

    __slots__ = ()


def bar_text(count: int, most: int, width: int = 30) -> str:
    """A bar of blocks for a terminal."""
    return "█" * round(width * count / most) if most else ""


def page(title: str, note: str, parts: Iterable[str]) -> str:
    """A whole HTML document; ``parts`` are markup made here."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"</head><body><h1>{escape(title)}</h1><p>{escape(note)}</p>{''.join(parts)}</body></html>"
    )


def bar(share: float) -> Raw:
    """A bar of a share of 0 to 1."""
    width = round(100 * min(max(share, 0.0), 1.0))
    return Raw(
        f'<svg width="100" height="10" role="img" aria-label="{share:.1%}"><rect width="100" height="10" fill="#ddd"/>'
        f'<rect width="{width}" height="10" fill="#2f6f9f"/></svg>'
    )


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table; "Nothing." where there is no row. Whole numbers and shares are set right."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    if not body:
        return f"<h2>{escape(caption)}</h2><p>Nothing.</p>"
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Cell) -> str:
    if isinstance(value, Raw):
        return f"<td>{value}</td>"
    if isinstance(value, float):
        return f'<td class="n">{value:.1%}</td>'
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{escape(_visible(value))}</td>"


def _visible(text: str) -> str:
    return "".join(f"\\u{{{ord(c):x}}}" if category(c) in _HIDDEN else c for c in text)


def histogram(title: str, periods: Sequence[Column]) -> str:
    """Columns side by side; "" for none."""
    if not periods:
        return ""
    most = max(one.count for one in periods) or 1
    step = _WIDTH / len(periods)
    every = -(-len(periods) // _MOST_LABELS)
    marks: list[str] = []
    for at, one in enumerate(periods):
        left, tall = at * step, _HEIGHT * one.count / most
        told = escape(f"{one.name}: {one.count:,}" + (" (gap)" if one.gap else ""))
        fill = "#c2410c" if one.gap else "#2f6f9f"
        shown = max(tall, 3.0) if one.gap else tall
        marks.append(
            f'<rect x="{left:.1f}" y="{_HEIGHT - shown:.1f}" width="{max(step - 1, 0.5):.1f}" height="{shown:.1f}" '
            f'fill="{fill}"><title>{told}</title></rect>'
        )
        if at % every == 0:
            marks.append(f'<text x="{left:.1f}" y="{_HEIGHT + 14}">{escape(one.name)}</text>')
    gaps = [one.name for one in periods if one.gap]
    said = (
        f'<p class="gap">Gaps: {escape(", ".join(gaps[:40]))}{" ..." if len(gaps) > 40 else ""}</p>'
        if gaps
        else ""
    )
    return (
        f'<h3>{escape(title)}</h3><svg width="{_WIDTH}" height="{_HEIGHT + 20}" role="img" '
        f'aria-label="{escape(title)}">{"".join(marks)}</svg>{said}'
    )
