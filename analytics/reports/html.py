"""Pages in one file: nothing is fetched, nothing is sent, nothing runs but the scripts that this package wrote.

Every value is escaped by the template engine; the content security policy names each style and script by its hash, so
text that got in all the same would still not run.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from analytics.reports.paper import Seal, to_json
from analytics.reports.style import load_style
from analytics.reports.text import duration, money, plural, stamp, visible
from graphcore.model import parse_iso_utc

_TEMPLATES = files("analytics.reports") / "templates"


def _show(value: object) -> str:
    return visible(str(value))


def _moment(text: str) -> str:
    return stamp(parse_iso_utc(text))


def _type_words(name: str) -> str:
    """An entity or link type in words."""
    style = load_style()
    if name in style.items:
        return style.items[name].label
    return style.links[name].label if name in style.links else name


_FILTERS: dict[str, Any] = {
    "show": _show, "moment": _moment, "type_words": _type_words, "plural": plural, "money": money, "duration": duration,
}  # fmt: skip


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The template engine: escapes everything, refuses names that are not given."""
    made = Environment(
        loader=PackageLoader("analytics.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cast("Any", made).filters.update(_FILTERS)  # its type lists every filter of the engine, and no other
    return made


def resource(name: str) -> str:
    """A style or script of this package."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def running_foot(seal: Seal) -> str:
    """A style that prints the product's id and hash at the foot of every page (both are letters, digits and dashes)."""
    words = f"{seal.id}  SHA-256 {seal.sha256}"
    return f'@page {{ @bottom-left {{ content: "{words}"; font: 6.5pt Arial, sans-serif; }} }}\n'


def policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """A content security policy that lets exactly these styles and scripts run, and nothing reach the network."""
    parts = {"style-src": styles, "script-src": scripts}
    allowed = [f"{name} {' '.join(_hash(text) for text in texts)}" for name, texts in parts.items() if texts]
    return "; ".join(
        ["default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def script_json(value: object) -> str:
    """JSON that may stand inside a script element: no character of it can end the element or start a comment."""
    text = to_json(value).decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def page(template: str, styles: Sequence[str], scripts: Sequence[str], values: Mapping[str, object]) -> str:
    """A whole page; ``styles`` and ``scripts`` are texts, ``values`` what the template names."""
    given = {**values, "csp": policy(styles, scripts), "styles": styles, "scripts": scripts}
    return environment().get_template(template).render(given)
