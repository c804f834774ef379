"""Every backend has the methods of the port, and of what it declares beside it, with their parameters: none more, none fewer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from graphcore.store.embedded import EmbeddedStore
from graphcore.store.embedded.view import EmbeddedView
from graphcore.store.neo4j import Neo4jStore
from graphcore.store.neo4j.view import Neo4jView
from graphcore.store.port import GraphStore, GraphView
from graphcore.store.project import Followed

PAIRS = [
    (GraphStore, EmbeddedStore),
    (GraphStore, Neo4jStore),
    (GraphView, EmbeddedView),
    (GraphView, Neo4jView),
]
# what a backend can do beyond the port, which callers ask for by its protocol
ABILITIES: dict[type, tuple[type, ...]] = {EmbeddedStore: (Followed,)}


def public(cls: type) -> Iterator[tuple[str, object]]:
    return ((name, member) for name, member in vars(cls).items() if not name.startswith("_"))


def shape(member: object) -> object:
    if isinstance(member, property):
        return "property"
    assert callable(member)
    return [(p.name, p.kind, p.default) for p in inspect.signature(member).parameters.values()]


@pytest.mark.parametrize(("port", "backend"), PAIRS, ids=lambda cls: cls.__name__)
def test_signatures_equal_the_port(port: type, backend: type) -> None:
    assert {name: shape(member) for name, member in public(backend)} == {
        name: shape(member) for each in (port, *ABILITIES.get(backend, ())) for name, member in public(each)
    }


@pytest.mark.parametrize(("port", "backend"), PAIRS, ids=lambda cls: cls.__name__)
def test_annotations_name_the_same_types(port: type, backend: type) -> None:
    for name, member in public(port):
        if isinstance(member, property):
            continue
        theirs, ours = (
            inspect.get_annotations(getattr(backend, name), eval_str=True),
            inspect.get_annotations(member, eval_str=True),
        )
        theirs.pop("return")  # a backend may name its own view
        ours.pop("return")
        assert theirs == ours, name


@pytest.mark.parametrize("cls", [EmbeddedView, Neo4jView])
def test_a_view_has_no_way_to_write(cls: type) -> None:
    words = ("write", "delete", "clear", "prepare", "put", "set", "raw", "query", "execute")
    assert [name for name, _ in public(cls) if name.startswith(words)] == []
