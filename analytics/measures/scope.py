"""The part of a view that a question is asked of, checked against the schema before the store is touched."""

from collections.abc import Collection
from difflib import get_close_matches

from analytics.errors import ScopeError
from graphcore.schema.loader import load_schema
from graphcore.store.query import ExportQuery


def export_query(entity_types: Collection[str] | None, link_types: Collection[str] | None) -> ExportQuery:
    """Ask for these types; None is every type.

    Raises:
        ScopeError: a type is not in the schema; names the nearest ones.
    """
    schema = load_schema()
    return ExportQuery(
        _checked("entity type", entity_types, schema.entities),
        _checked("link type", link_types, schema.links),
    )


def _checked(what: str, names: Collection[str] | None, known: Collection[str]) -> frozenset[str] | None:
    if names is None:
        return None
    for name in sorted(names):
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)[:5]
            raise ScopeError(f"no {what} {name!r}: did you mean {', '.join(near)}?")
    return frozenset(names)
