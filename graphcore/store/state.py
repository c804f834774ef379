"""What the projection writes into a graph store: whole states, so that writing twice is writing once.

A state replaces everything the store held for that entity or link. Stores keep every assertion with its access label
and times, because a view must be able to leave single records out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphcore.access.label import AccessLabel
from graphcore.model.graph import Value


@dataclass(frozen=True, slots=True)
class Assertion:
    """One record's say on an entity or link, in the form that stores keep.

    ``seq`` is the ledger's order of arrival: it orders captions and values. Times are ISO UTC text (27 characters).
    ``grading`` is ``scheme:code`` ("3x5x2:2B") or "". ``caption`` and ``kind`` are "" for links. ``origin_id`` is the
    source's own item (for links: the link origin), kept so that a merge can be undone and audited.

    ``source_origin`` and ``target_origin`` are for links the items that the record joins. Each has to be visible by itself,
    since an entity may be made of items that somebody sees and others that they do not; "" is the end as a whole.
    """

    rid: str
    seq: int
    origin_id: str
    source: str
    label: int
    known_at: str
    properties: Mapping[str, tuple[Value, ...]]
    kind: str = ""
    caption: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    grading: str = ""
    source_origin: str = ""
    target_origin: str = ""


@dataclass(frozen=True, slots=True)
class EntityState:
    """All that the store holds of one entity; ``assertions`` by ascending seq, at least one."""

    uid: str
    type: str
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class LinkState:
    """All that the store holds of one link; ``source`` and ``target`` are entity uids."""

    lid: str
    type: str
    source: str
    target: str
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class GraphBatch:
    """One atomic step of the projection.

    Order of application: links gone, entities gone, entities written, links written, then ``applied`` (the number of the
    last outbox item this batch covers) is put down in the same transaction. Both ends of every link are in the store or
    in this batch. ``labels`` holds every label number that the batch's assertions use. A gone entity takes its remaining
    links with it.
    """

    applied: int
    entities: tuple[EntityState, ...] = ()
    links: tuple[LinkState, ...] = ()
    gone_entities: tuple[str, ...] = ()
    gone_links: tuple[str, ...] = ()
    labels: Mapping[int, AccessLabel] = field(default_factory=dict[int, AccessLabel])
