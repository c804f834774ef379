"""Entity and link types. The YAML files beside this module are the one source; everything else is generated from them."""

from graphcore.schema.loader import EntitySpec, LinkSpec, Schema, load_schema
from graphcore.schema.types import EntityType, LinkFamily, LinkType

SCHEMA = load_schema()

__all__ = [
    "SCHEMA",
    "EntitySpec",
    "EntityType",
    "LinkFamily",
    "LinkSpec",
    "LinkType",
    "Schema",
    "load_schema",
]
