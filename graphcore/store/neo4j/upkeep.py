"""Whole states, past every view: what the fingerprint reads and the removal of a source rewrites. Never for a reader."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from graphcore.store.neo4j.connection import Connection, Writing
from graphcore.store.neo4j.stored import SHAPE, assertions_of
from graphcore.store.neo4j.writer import chunks, drop, write_entities, write_links
from graphcore.store.port import Deleted
from graphcore.store.state import EntityState, LinkState

PAGE: Final = 2_000
State = TypeVar("State", EntityState, LinkState)


def entity_states(connection: Connection, source: str | None = None) -> Iterator[EntityState]:
    """Every entity (of one source, or of all) ascending by uid, a page at a time."""
    after = ""
    while rows := connection.read("upkeep/entity_states", after=after, page=PAGE, source=source):
        for row in rows:
            yield EntityState(row["uid"], row["type"], assertions_of(row["seen"]))
        after = str(rows[-1]["uid"])


def link_states(connection: Connection, source: str | None = None) -> Iterator[LinkState]:
    """Every link (of one source, or of all) ascending by lid; only their keys are held at once."""
    keys = sorted((row["lid"], row["element"]) for row in connection.read("upkeep/link_keys", source=source))
    for begin in range(0, len(keys), PAGE):
        elements = [element for _, element in keys[begin : begin + PAGE]]
        for row in connection.read("upkeep/link_states", elements=elements):
            yield LinkState(row["lid"], row["type"], row["source"], row["target"], assertions_of(row["seen"]))


def remove_source(connection: Connection, source: str) -> Deleted:
    """Delete every assertion of a source, then what has none left, then the links of entities that went."""
    links = _remove_from_links(connection, source)
    entities = _remove_from_entities(connection, source)
    return Deleted(links.assertions + entities.assertions, entities.entities, links.links + entities.links)


def _remove_from_links(connection: Connection, source: str) -> Deleted:
    assertions = gone = 0
    for part in chunks(list(link_states(connection, source))):
        kept, bare, removed = _without(part, source)

        def work(
            writing: Writing, kept: Sequence[LinkState] = kept, bare: Sequence[LinkState] = bare
        ) -> None:
            drop(writing, links=[state.lid for state in bare], entities=())
            write_links(writing, kept)
            writing.run("write/version", shape=SHAPE)

        connection.write(work)
        assertions += removed
        gone += len(bare)
    return Deleted(assertions, 0, gone)


def _remove_from_entities(connection: Connection, source: str) -> Deleted:
    total = [0, 0, 0]
    for part in chunks(list(entity_states(connection, source))):
        kept, bare, removed = _without(part, source)
        went = [0, 0]

        def work(
            writing: Writing,
            kept: Sequence[EntityState] = kept,
            bare: Sequence[EntityState] = bare,
            went: list[int] = went,
        ) -> None:
            row = writing.run("upkeep/drop_entities", uids=[state.uid for state in bare])[0]
            went[:] = [row["assertions"], row["links"]]
            write_entities(writing, kept)
            writing.run("write/version", shape=SHAPE)

        connection.write(work)
        total = [total[0] + removed + went[0], total[1] + len(bare), total[2] + went[1]]
    return Deleted(*total)


def _without(states: Sequence[State], source: str) -> tuple[list[State], list[State], int]:
    """States that keep an assertion, states that keep none, and how many assertions of the source there were."""
    less = [replace(s, assertions=tuple(a for a in s.assertions if a.source != source)) for s in states]
    removed = sum(len(s.assertions) for s in states) - sum(len(s.assertions) for s in less)
    return [s for s in less if s.assertions], [s for s in less if not s.assertions], removed
