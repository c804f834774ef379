"""Natures of control to intervals. The slug's band counts; a nature held as trust or firm counts like one held alone.

An interval is all that the register says: 25-to-50 is (0.25, 0.5]. Where one holder has several bands, they may speak of
the same shares or of different ones: at least the highest lower end, at most the sum of the upper ends, is what holds.
"""

from typing import cast

_BANDS = {
    "25-to-50-percent": (0.25, 0.5),
    "50-to-75-percent": (0.5, 0.75),
    "75-to-100-percent": (0.75, 1.0),
    "more-than-25-percent": (0.25, 1.0),
}
_SHARES = "ownership-of-shares-"
_VOTES = "voting-rights-"
_INDIRECT = ("as-trust", "as-firm", "as-control-over-trust", "as-control-over-firm")


def _slugs(raw: object) -> list[str]:
    if isinstance(raw, str):
        return [slug for slug in raw.replace(";", " ").replace(",", " ").split() if slug]
    if isinstance(raw, list):
        return [slug for slug in cast("list[object]", raw) if isinstance(slug, str)]
    return []


def _interval(raw: object, prefix: str) -> tuple[float, float] | None:
    bands = [
        band
        for slug in _slugs(raw)
        if slug.startswith(prefix)
        for name, band in _BANDS.items()
        if slug.removeprefix(prefix).startswith(name)
    ]
    if not bands:
        return None
    return max(low for low, _ in bands), min(1.0, sum(high for _, high in set(bands)))


def share_min(raw: object) -> float | None:
    """Lower end of the share band, None where no share nature is given."""
    interval = _interval(raw, _SHARES)
    return interval[0] if interval else None


def share_max(raw: object) -> float | None:
    """Upper end of the share band."""
    interval = _interval(raw, _SHARES)
    return interval[1] if interval else None


def voting_min(raw: object) -> float | None:
    """Lower end of the voting band."""
    interval = _interval(raw, _VOTES)
    return interval[0] if interval else None


def voting_max(raw: object) -> float | None:
    """Upper end of the voting band."""
    interval = _interval(raw, _VOTES)
    return interval[1] if interval else None


def indirect(raw: object) -> bool | None:
    """True where every nature is held through a trust or firm; None where none is given."""
    slugs = _slugs(raw)
    if not slugs:
        return None
    return all(any(way in slug for way in _INDIRECT) for slug in slugs)
