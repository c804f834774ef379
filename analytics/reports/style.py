"""The table of looks (style.yaml): one row a type, read once, checked against the schema, shared by every renderer.

Colours and glyphs are checked to be plain colours and path data, because renderers write them into pages as they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, cast

import yaml

from analytics.reports.errors import StyleError
from graphcore.schema import SCHEMA

SHAPES = ("circle", "square", "rounded", "diamond", "hexagon", "octagon", "pentagon", "page", "shield")
STRENGTHS = ("confirmed", "unconfirmed", "tentative")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PATH = re.compile(r"[MLHVCSQTAZmlhvcsqtaz0-9 .,-]+")


@dataclass(frozen=True, slots=True)
class ItemStyle:
    """Look of one entity type; ``glyph`` is SVG path data on a 24 x 24 grid, filled even-odd."""

    label: str
    shape: str
    colour: str
    glyph: str


@dataclass(frozen=True, slots=True)
class LinkStyle:
    """Words and colour of one link type; ``measure`` is the property that parallel links add up ("" for none)."""

    label: str
    plural: str
    family: str
    colour: str
    qualifier: str = ""
    measure: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """Dashes of a line: lengths drawn and left out in turn, in pixels; empty is solid."""

    label: str
    dash: tuple[int, ...]
    colour: str = ""


@dataclass(frozen=True, slots=True)
class StrengthRow:
    """One row of the strength rule: which values of a scheme give which line."""

    scheme: str
    source: str
    intelligence: str
    line: str


@dataclass(frozen=True, slots=True)
class Style:
    """The whole table, by type name."""

    items: Mapping[str, ItemStyle]
    links: Mapping[str, LinkStyle]
    lines: Mapping[str, LineStyle]
    inferred: LineStyle
    statement: str
    ungraded: str
    rows: tuple[StrengthRow, ...]


@lru_cache(maxsize=1)
def load_style() -> Style:
    """The table that ships with the package.

    Raises:
        StyleError: the table is damaged or does not cover the schema; lists every fault found.
    """
    return parse_style((files("analytics.reports") / "style.yaml").read_text(encoding="utf-8"))


def parse_style(text: str) -> Style:
    """Parse and check a table (apart from loading, so that tests can damage it)."""
    raw = cast("dict[str, Any]", yaml.safe_load(text))
    faults: list[str] = []
    items = {name: ItemStyle(**row) for name, row in raw["items"].items()}
    style = Style(
        items=MappingProxyType(items),
        links=MappingProxyType(_links(raw, faults)),
        lines=MappingProxyType({name: _line(row) for name, row in raw["lines"].items()}),
        inferred=_line(raw["inferred"]),
        statement=" ".join(str(raw["strength"]["statement"]).split()),
        ungraded=str(raw["strength"]["ungraded"]),
        rows=tuple(StrengthRow(**row) for row in raw["strength"]["rows"]),
    )
    faults += [*_item_faults(style.items), *_line_faults(style)]
    if faults:
        raise StyleError("style.yaml has faults: " + "; ".join(faults))
    return style


def _links(raw: dict[str, Any], faults: list[str]) -> dict[str, LinkStyle]:
    """Every link type of the schema, with the table's own words where it has some."""
    families, words = raw["families"], raw["links"]
    faults += [f"links: no link type {name!r}" for name in sorted(set(words) - set(SCHEMA.links))]
    faults += [
        f"families: {f!r} is missing"
        for f in sorted({s.family for s in SCHEMA.links.values()} - set(families))
    ]
    result: dict[str, LinkStyle] = {}
    for name, spec in SCHEMA.links.items():
        row = words.get(name, {})
        label = row.get("label", spec.label)
        for field in ("qualifier", "measure"):
            if row.get(field) and row[field] not in spec.properties:
                faults.append(f"links.{name}.{field}: no property {row[field]!r}")
        result[name] = LinkStyle(
            label=label,
            plural=row.get("plural", label),
            family=spec.family,
            colour=str(families.get(spec.family, {}).get("colour", "")),
            **{key: row[key] for key in ("qualifier", "measure", "unit") if key in row},
        )
    return result


def _line(row: dict[str, Any]) -> LineStyle:
    return LineStyle(row["label"], tuple(row["dash"]), row.get("colour", ""))


def _item_faults(items: Mapping[str, ItemStyle]) -> list[str]:
    faults = [f"items: {name!r} is missing" for name in sorted(set(SCHEMA.entities) - set(items))]
    faults += [f"items: no entity type {name!r}" for name in sorted(set(items) - set(SCHEMA.entities))]
    faults += [f"items.{n}: unknown shape {i.shape!r}" for n, i in items.items() if i.shape not in SHAPES]
    faults += [f"items.{n}: glyph is not path data" for n, i in items.items() if not _PATH.fullmatch(i.glyph)]
    return faults + [
        f"items.{n}: {i.colour!r} is no colour" for n, i in items.items() if not _is_colour(i.colour)
    ]


def _line_faults(style: Style) -> list[str]:
    faults = [f"lines: {name!r} is missing" for name in STRENGTHS if name not in style.lines]
    named = {
        "strength.ungraded": style.ungraded,
        **{f"row {n + 1}": row.line for n, row in enumerate(style.rows)},
    }
    faults += [f"{where}: unknown line {line!r}" for where, line in named.items() if line not in STRENGTHS]
    colours = {name: link.colour for name, link in style.links.items()} | {"inferred": style.inferred.colour}
    return faults + [
        f"{name}: {colour!r} is no colour" for name, colour in colours.items() if not _is_colour(colour)
    ]


def _is_colour(text: str) -> bool:
    return _COLOUR.fullmatch(text) is not None
