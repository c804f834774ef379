"""Reads the schema YAML once and answers questions about it; raises one error that lists everything wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, cast

import yaml

from graphcore.errors import SchemaError

VALUE_TYPES = frozenset(
    {
        "text", "name", "identifier", "integer", "decimal", "boolean", "partial_date", "timestamp",
        "phone", "email", "vrm", "postcode", "company_number",
    }
)  # fmt: skip
ANY = "any"


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """One entity type: ``kinds`` empty means that the type has no kinds."""

    name: str
    description: str
    caption: tuple[str, ...]
    kinds: tuple[str, ...]
    keys: tuple[str, ...]
    search: tuple[str, ...]
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """One link type; ``source`` and ``target`` hold entity type names or ``any``."""

    name: str
    label: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    family: str
    symmetric: bool
    distinct_by: tuple[str, ...]
    properties: Mapping[str, str]

    def allows(self, source: str, target: str) -> bool:
        """True if a link of this type may run from ``source`` to ``target`` (either way round if symmetric)."""
        forward = _accepts(self.source, source) and _accepts(self.target, target)
        backward = self.symmetric and _accepts(self.source, target) and _accepts(self.target, source)
        return forward or backward


@dataclass(frozen=True, slots=True)
class Schema:
    """All types, by name."""

    entities: Mapping[str, EntitySpec]
    links: Mapping[str, LinkSpec]


def _accepts(ends: tuple[str, ...], name: str) -> bool:
    return ANY in ends or name in ends


@lru_cache(maxsize=1)
def load_schema() -> Schema:
    """The schema that ships with the package.

    Raises:
        SchemaError: a YAML file is damaged; lists every fault found.
    """
    folder = files("graphcore.schema")
    return parse_schema(
        (folder / "entities.yaml").read_text(encoding="utf-8"),
        (folder / "links.yaml").read_text(encoding="utf-8"),
    )


def parse_schema(entities_yaml: str, links_yaml: str) -> Schema:
    """Parse and check the two YAML texts (separate from loading so that tests can damage them)."""
    raw_entities = cast("dict[str, dict[str, Any]]", yaml.safe_load(entities_yaml))
    raw_links = cast("dict[str, dict[str, Any]]", yaml.safe_load(links_yaml))
    faults: list[str] = []
    entities = {name: _entity(name, raw, faults) for name, raw in raw_entities.items()}
    links = {name: _link(name, raw, set(entities), faults) for name, raw in raw_links.items()}
    if faults:
        raise SchemaError("the schema has faults: " + "; ".join(faults))
    return Schema(MappingProxyType(entities), MappingProxyType(links))


def _entity(name: str, raw: dict[str, Any], faults: list[str]) -> EntitySpec:
    properties = _properties(name, raw, faults)
    spec = EntitySpec(
        name=name,
        description=raw["description"],
        caption=tuple(raw.get("caption", ())),
        kinds=tuple(raw.get("kinds", ())),
        keys=tuple(raw.get("keys", ())),
        search=tuple(raw.get("search", ())),
        properties=properties,
    )
    faults += [
        f"{name}.{field}: no property {prop!r}"
        for field in ("caption", "keys", "search")
        for prop in getattr(spec, field)
        if prop not in properties
    ]
    return spec


def _link(name: str, raw: dict[str, Any], entity_names: set[str], faults: list[str]) -> LinkSpec:
    properties = _properties(name, raw, faults)
    spec = LinkSpec(
        name=name,
        label=raw["label"],
        source=tuple(raw["source"]),
        target=tuple(raw["target"]),
        family=raw["family"],
        symmetric=bool(raw.get("symmetric", False)),
        distinct_by=tuple(raw.get("distinct_by", ())),
        properties=properties,
    )
    ends = {*spec.source, *spec.target} - {ANY}
    faults += [f"{name}: no entity type {end!r}" for end in sorted(ends - entity_names)]
    faults += [f"{name}.distinct_by: no property {p!r}" for p in spec.distinct_by if p not in properties]
    return spec


def _properties(name: str, raw: dict[str, Any], faults: list[str]) -> Mapping[str, str]:
    properties = {str(k): str(v) for k, v in raw.get("properties", {}).items()}
    faults += [f"{name}.{p}: unknown value type {t!r}" for p, t in properties.items() if t not in VALUE_TYPES]
    return MappingProxyType(properties)
