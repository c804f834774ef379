"""The quality report as one page: tables and bars, everything escaped, nothing fetched, no script."""

from collections.abc import Iterable, Sequence
from html import escape
from unicodedata import category

from ingest.quality import QualityReport
from ingest.quality.findings import Coverage, Period, Unlikely

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


def bar_text(count: int, most: int, width: int = 30) -> str:
    """A bar of blocks for a terminal."""
    return "█" * round(width * count / most) if most else ""


def page(report: QualityReport) -> str:
    """A whole HTML document."""
    batch = report.batch
    title = f"Data quality of batch {batch.number}"
    facts: list[Sequence[Cell]] = [
        ("source", batch.source), ("file", batch.file), ("loaded at", batch.started_at), ("rows", batch.rows),
        ("records loaded", batch.loaded), ("unchanged", batch.unchanged), ("waiting for an end", batch.waiting),
        ("rows refused", batch.refused), ("rows repaired", batch.repaired), ("state", batch.state),
    ]  # fmt: skip
    missing = [
        (one.type, one.name, one.records, one.missing, one.omitted, _bar(one.share), one.share)
        for one in report.missing
    ]
    damaged = [(one.field, one.reason, one.rows, _bar(one.share), one.share) for one in report.damaged]
    parts = [
        _table("The batch", ("what", ""), facts),
        _table(
            "Missing values",
            ("type", "property", "records", "empty", "not usable", "share", ""),
            missing,
        ),
        _table("Damaged: rows refused", ("field", "reason", "rows", "share", ""), damaged),
        _table("Unlikely", _FOUND, map(_found, report.unlikely)),
        _table("Twice", _FOUND, map(_found, report.duplicates)),
        *_coverage(report.coverage),
    ]
    note = (
        "Counts are of what the reader may see. Rows named are the first of their kind. Unlikely is not wrong: look at the "
        "rows before anything is changed. Bars with a mark are gaps: nothing, or a tenth of what is usual."
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"</head><body><h1>{escape(title)}</h1><p>{escape(note)}</p>{''.join(parts)}</body></html>"
    )


_FOUND = ("what", "of", "count", "looked at", "share", "", "first rows")


class _Raw(str):
    """Markup of our own."""

    __slots__ = ()


def _found(one: Unlikely) -> Sequence[Cell]:
    places = ", ".join(f"{place.file} {place.row}" for place in one.examples)
    return (one.check, one.about, one.count, one.of, _bar(one.share), one.share, places)


def _bar(share: float) -> _Raw:
    width = round(100 * min(max(share, 0.0), 1.0))
    return _Raw(
        f'<svg width="100" height="10" role="img" aria-label="{share:.1%}"><rect width="100" height="10" fill="#ddd"/>'
        f'<rect width="{width}" height="10" fill="#2f6f9f"/></svg>'
    )


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    if not body:
        return f"<h2>{escape(caption)}</h2><p>Nothing.</p>"
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Cell) -> str:
    if isinstance(value, _Raw):
        return f"<td>{value}</td>"
    if isinstance(value, float):
        return f'<td class="n">{value:.1%}</td>'
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{escape(_visible(value))}</td>"


def _visible(text: str) -> str:
    return "".join(f"\\u{{{ord(c):x}}}" if category(c) in _HIDDEN else c for c in text)


def _coverage(covered: Coverage) -> list[str]:
    if not covered.dated:
        return ["<h2>Time covered</h2><p>No record names a time.</p>"]
    said = f"{covered.dated:,} dated, {covered.undated:,} without a date; from {covered.first} to {covered.last}."
    return [
        f"<h2>Time covered</h2><p>{escape(said)}</p>",
        _histogram("By month or year", covered.periods),
        _histogram("By weekday", covered.weekdays),
        _histogram("By hour of the day (UTC)", covered.hours),
    ]


def _histogram(title: str, periods: Sequence[Period]) -> str:
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
