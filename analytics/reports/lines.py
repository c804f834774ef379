"""From recorded links to lines: parallel links become one line with a count, a total and its dates.

How strong a line is drawn follows the table in style.yaml alone: a local rule, not a conversion of gradings.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from analytics.reports.chart import ChartLink, LinkDetail, Properties
from analytics.reports.style import STRENGTHS, LinkStyle, Style
from analytics.reports.text import cut, days, duration, money, shorten, span, storable, visible
from graphcore.model import Link, Value
from graphcore.schema import SCHEMA

_EXACT = 2**53


def strength(gradings: Iterable[str], style: Style) -> str:
    """The strongest line that any of ``gradings`` (``scheme:code``) earns; ungraded as the table says."""
    earned = [_one(grading, style) for grading in gradings if grading]
    return min(earned, key=STRENGTHS.index) if earned else style.ungraded


def _one(grading: str, style: Style) -> str:
    scheme, _, code = grading.partition(":")
    if len(code) != 2:
        return STRENGTHS[-1]
    fits = (
        r.line for r in style.rows if r.scheme == scheme and code[0] in r.source and code[1] in r.intelligence
    )
    return next(fits, STRENGTHS[-1])


def clean(properties: Properties) -> dict[str, tuple[Value, ...]]:
    """Properties that every file format can hold: bounded texts without surrogates, integers that stay exact."""
    return {storable(name): tuple(_clean(value) for value in values) for name, values in properties.items()}


def _clean(value: Value) -> Value:
    if isinstance(value, str):
        return shorten(value)
    return str(value) if isinstance(value, int) and abs(value) > _EXACT else value


def draw_lines(links: Iterable[Link], style: Style) -> tuple[ChartLink, ...]:
    """One line for all links of one type between two items (one way, unless the type has no direction); by id."""
    groups: dict[tuple[str, str, str], list[Link]] = {}
    for link in sorted(links, key=lambda link: link.lid):
        ends = (
            sorted((link.source, link.target))
            if SCHEMA.links[link.type].symmetric
            else (link.source, link.target)
        )
        groups.setdefault((link.type, ends[0], ends[1]), []).append(link)
    return tuple(sorted((_line(group, style) for group in groups.values()), key=lambda line: line.id))


def _line(group: Sequence[Link], style: Style) -> ChartLink:
    first, look = group[0], style.links[group[0].type]
    details = tuple(_detail(link, style) for link in group)
    total = _total(group, look)
    start, end = _dates(group, moments=bool(look.measure))
    label = _label(group, look)
    dates = days(start, end) if look.measure else span(start, end)
    return ChartLink(
        id=first.lid,
        type=first.type,
        label=label,
        summary=", ".join(part for part in (label, _amount(group, total, look), dates) if part),
        source=first.source,
        target=first.target,
        directed=not SCHEMA.links[first.type].symmetric,
        strength=min((detail.strength for detail in details), key=STRENGTHS.index),
        count=_count(group),
        total=total,
        unit=look.unit,
        valid_from=start,
        valid_to=end,
        sources=tuple(sorted({source for link in group for source in link.sources})),
        gradings=tuple(sorted({grading for link in group for grading in link.gradings if grading})),
        details=details,
    )


def _count(group: Sequence[Link]) -> int:
    """How many facts the links of a line are: a link that is a series is as many as it has occurrences."""
    given = (link.first("occurrences") for link in group)
    return sum(count if type(count) is int else 1 for count in given)


def _detail(link: Link, style: Style) -> LinkDetail:
    return LinkDetail(
        lid=link.lid,
        valid_from=link.valid_from,
        valid_to=link.valid_to,
        properties=clean(link.properties),
        sources=link.sources,
        gradings=link.gradings,
        rids=link.rids,
        strength=strength(link.gradings, style),
    )


def _label(group: Sequence[Link], look: LinkStyle) -> str:
    """``calls``, ``x12 calls``, ``officer of (director)``, ``owns 75-100 %``."""
    count = _count(group)
    words = look.label if count == 1 else f"x{count:,} {look.plural}"
    qualifiers = sorted(
        {visible(str(value)) for link in group for value in link.properties.get(look.qualifier, ())}
    )
    share = share_text(group[0]) if len(group) == 1 else ""
    qualified = f" ({cut(', '.join(qualifiers), 40)})" if qualifiers else ""
    return f"{words}{qualified}{' ' + share if share else ''}"


def share_text(link: Link) -> str:
    """``51 %``, ``75-100 %``, "" where the source gives no share. Shares are fractions, 0 to 1."""
    low, high = link.first("share_min"), link.first("share_max")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return ""
    return f"{low * 100:.4g} %" if low == high else f"{low * 100:.4g}-{high * 100:.4g} %"


def _measured(group: Sequence[Link], look: LinkStyle) -> list[int]:
    values = (link.first(look.measure) for link in group)
    return [int(value) for value in values if isinstance(value, int | float)]


def _currencies(group: Sequence[Link]) -> set[str]:
    return {str(link.first("currency") or "GBP") for link in group}


def _total(group: Sequence[Link], look: LinkStyle) -> int | None:
    """None where the type has no measure, no link gives one, or sums of several currencies would be added up."""
    values = _measured(group, look) if look.measure else []
    if not values or (look.unit == "pence" and len(_currencies(group)) > 1):
        return None
    return sum(values)


def _amount(group: Sequence[Link], total: int | None, look: LinkStyle) -> str:
    if total is None:
        counts = Counter(_currencies(group)) if look.unit == "pence" else Counter[str]()
        return "several currencies" if len(counts) > 1 else ""
    text = money(total, next(iter(_currencies(group)))) if look.unit == "pence" else duration(total)
    missing = len(group) - len(_measured(group, look))
    return f"{text} ({missing} without a value)" if missing else text


def _dates(group: Sequence[Link], *, moments: bool) -> tuple[str | None, str | None]:
    """Earliest start and latest end. Calls and payments are moments: without an end they end when they start."""
    starts = [link.valid_from for link in group if link.valid_from]
    ends = [link.valid_to or (link.valid_from if moments else None) for link in group]
    closed = [end for end in ends if end]
    return min(starts, default=None), max(closed) if closed and len(closed) == len(ends) else None
