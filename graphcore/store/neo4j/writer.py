"""Writing: one batch is one transaction, in lists of 5,000 of one statement.

The order is that of :class:`GraphBatch`, and the number of the last outbox item goes down in the same transaction, so
that a crash leaves either all of a batch or nothing of it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from graphcore.access.label import AccessLabel
from graphcore.errors import StoreError
from graphcore.store.neo4j.connection import Writing
from graphcore.store.neo4j.stored import SHAPE, entity_row, label_of, label_row, link_row
from graphcore.store.state import EntityState, GraphBatch, LinkState

CHUNK: Final = 5_000
T = TypeVar("T")


def apply_batch(writing: Writing, batch: GraphBatch) -> None:
    """Apply one checked batch within a transaction.

    Raises:
        StoreError: a link whose end is neither in the store nor in the batch.
    """
    write_labels(writing, batch.labels)
    drop(writing, links=batch.gone_links, entities=batch.gone_entities)
    write_entities(writing, batch.entities)
    write_links(writing, batch.links)
    writing.run("write/applied", applied=batch.applied, shape=SHAPE)


def write_labels(writing: Writing, labels: Mapping[int, AccessLabel]) -> None:
    """Put down what each label number stands for."""
    known = {int(row["number"]): label_of(row) for row in writing.run("read/labels", rules=[])}
    for number, label in labels.items():
        if known.get(number, label) != label:
            raise StoreError(
                f"label {number} stands for another access label in this store: rebuild the graph"
            )
    rows = [label_row(number, label) for number, label in sorted(labels.items()) if number not in known]
    if rows:
        writing.run("write/label", rows=rows)


def drop(writing: Writing, *, links: Sequence[str], entities: Sequence[str]) -> None:
    """Take links away, then entities with what is left on them."""
    for lids in chunks(links):
        writing.run("write/gone_links", lids=list(lids))
    for uids in chunks(entities):
        writing.run("write/gone_entities", uids=list(uids))


def write_entities(writing: Writing, states: Sequence[EntityState]) -> None:
    """Write entities, each as the whole of what is known now."""
    for part in chunks(states):
        writing.run("write/entity", rows=[entity_row(state) for state in part])


def write_links(writing: Writing, states: Sequence[LinkState]) -> None:
    """Write links, each as the whole of what is known now; a moved one leaves its old ends."""
    by_type: dict[str, list[LinkState]] = defaultdict(list)
    for state in states:
        by_type[state.type].append(state)
    for link_type in sorted(by_type):
        for part in chunks(by_type[link_type]):
            rows = [link_row(state) for state in part]
            written = writing.run(f"write/link/{link_type}", rows=rows)[0]["written"]
            if written != len(rows):
                raise StoreError(_missing(writing, part))


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Slices of 5,000."""
    for begin in range(0, len(items), CHUNK):
        yield items[begin : begin + CHUNK]


def _missing(writing: Writing, states: Sequence[LinkState]) -> str:
    ends = sorted({end for state in states for end in (state.source, state.target)})
    gone = [row["uid"] for row in writing.run("upkeep/missing_ends", uids=ends)]
    link = next((s for s in states if {s.source, s.target} & set(gone)), states[0])
    return f"link {link.lid}: its end {', '.join(gone)} is neither in the store nor in the batch; write the entity first"
