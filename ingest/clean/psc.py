"""Natures of control to intervals. The slug's band counts; a nature held as trust or firm counts like one held alone.

An interval is all that the register says: 25-to-50 is (0.25, 0.5]. Where one holder has several bands, they may speak of
the same shares or of different ones: at least the highest lower end, at most the sum of the upper ends, is what holds.
"""

import re
from collections.abc import Mapping
from typing import cast

from ingest.clean.identifiers import company_number
from ingest.errors import CleanError

_BANDS = {
    "25-to-50-percent": (0.25, 0.5),
    "50-to-75-percent": (0.5, 0.75),
    "75-to-100-percent": (0.75, 1.0),
    "more-than-25-percent": (0.25, 1.0),
}
_SHARES = "ownership-of-shares-"
_VOTES = "voting-rights-"
_SURPLUS = "right-to-share-surplus-assets-"
_UK_WORDS = frozenset(
    [
        "england",
        "wales",
        "scotland",
        "northern",
        "ireland",
        "united",
        "kingdom",
        "uk",
        "gb",
        "great",
        "britain",
        "and",
        "the",
        "of",
    ]
)
_STATE_WORDS = frozenset(["england", "wales", "scotland", "northern", "kingdom", "uk", "gb", "britain"])
_REGISTER_WORDS = _UK_WORDS | frozenset(
    [
        "companies",
        "house",
        "registrar",
        "register",
        "registry",
        "company",
        "cardiff",
        "belfast",
        "edinburgh",
        "london",
        "at",
        "in",
        "for",
    ]
)
_WORDS = re.compile(r"[a-z0-9]+")
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


def _shares(raw: object) -> tuple[float, float] | None:
    """Shares, or the surplus assets that a partnership without share capital has in their place."""
    return _interval(raw, _SHARES) or _interval(raw, _SURPLUS)


def share_min(raw: object) -> float | None:
    """Lower end of the share band, None where no share nature is given."""
    interval = _shares(raw)
    return interval[0] if interval else None


def share_max(raw: object) -> float | None:
    """Upper end of the share band."""
    interval = _shares(raw)
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


def uk_number(raw: object) -> str | None:
    """The number in this register from an ``identification`` object; None where it names another register or none.

    The country counts before the place: a company of Gibraltar also stands at a "Companies House".
    """
    if not isinstance(raw, dict):
        return None
    fields = cast("Mapping[str, object]", raw)
    number, country, place = (
        str(fields.get(name) or "").strip()
        for name in ("registration_number", "country_registered", "place_registered")
    )
    if not number or not (_is_uk(country) if country else _is_register(place)):
        return None
    try:
        found = company_number(number)
    except CleanError:
        return None
    return found if found and found.strip("0") else None


def _is_uk(country: str) -> bool:
    """True for any wording of the United Kingdom or its parts; Ireland alone is another state."""
    words = set(_WORDS.findall(country.casefold()))
    return words <= _REGISTER_WORDS and bool(words & _STATE_WORDS)


def _is_register(place: str) -> bool:
    words = set(_WORDS.findall(place.casefold()))
    return {"companies", "house"} <= words <= _REGISTER_WORDS
