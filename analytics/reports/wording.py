"""Words printed on charts and reports (wording.yaml): read once, changed by a force without touching code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

import yaml

from analytics.reports.errors import StyleError
from graphcore.access import AccessLabel

_TEXTS = ("withheld", "handling_statement", "truncated", "computed")


@dataclass(frozen=True, slots=True)
class Wording:
    """``handling``: scheme -> code -> words; ``conditions``: code -> words."""

    withheld: str
    handling_statement: str
    truncated: str
    computed: str
    handling: Mapping[str, Mapping[str, str]]
    conditions: Mapping[str, str]


@lru_cache(maxsize=1)
def load_wording() -> Wording:
    """The words that ship with the package.

    Raises:
        StyleError: a text is missing or empty; lists every fault found.
    """
    return parse_wording((files("analytics.reports") / "wording.yaml").read_text(encoding="utf-8"))


def parse_wording(text: str) -> Wording:
    """Parse and check a table of words (apart from loading, so that tests can damage it)."""
    raw = cast("dict[str, Any]", yaml.safe_load(text))
    missing = [name for name in (*_TEXTS, "handling", "conditions") if not raw.get(name)]
    if missing:
        raise StyleError("wording.yaml has faults: " + "; ".join(f"{name} is missing" for name in missing))
    texts = {name: " ".join(str(raw[name]).split()) for name in _TEXTS}
    return Wording(**texts, handling=raw["handling"], conditions=raw["conditions"])


def handling_text(label: AccessLabel) -> str:
    """Code and conditions as received: ``3x5x2 C (A1, S2)``; ``none`` for open data."""
    if not label.handling_code:
        return "none"
    conditions = f" ({', '.join(label.handling_conditions)})" if label.handling_conditions else ""
    return f"{label.handling_scheme} {label.handling_code}{conditions}"


def handling_words(label: AccessLabel) -> str:
    """What code and conditions mean, in words; "" for open data."""
    wording = load_wording()
    code = wording.handling.get(label.handling_scheme, {}).get(label.handling_code, "")
    return (
        "; ".join([code, *(wording.conditions.get(c, c) for c in label.handling_conditions)]) if code else ""
    )
