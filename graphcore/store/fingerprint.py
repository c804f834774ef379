"""The fingerprint of a graph: one hash over whole states in total order, the same on every backend.

Entity states ascending by uid, then link states ascending by lid; the assertions of a state ascending by rid. Left out
are ``seq`` and ``known_at``, which depend on when a load ran, and the numbers of access labels, which depend on the order
of loads (what a label says counts); everything else counts, and so does its absence.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import astuple

import orjson

from graphcore.access.label import AccessLabel
from graphcore.errors import StoreError
from graphcore.store.state import Assertion, EntityState, LinkState


def fingerprint(
    entities: Iterable[EntityState], links: Iterable[LinkState], labels: Mapping[int, AccessLabel]
) -> str:
    """BLAKE2b-256 of the states, hexadecimal; reads both streams once and keeps nothing.

    Args:
        entities: Every entity state, strictly ascending by uid.
        links: Every link state, strictly ascending by lid.
        labels: What each label number in them stands for.

    Raises:
        StoreError: a stream is out of order, so that the hash would mean nothing.
    """
    said = {number: astuple(label) for number, label in labels.items()}
    digest = hashlib.blake2b(digest_size=32)
    last = ""
    for entity in entities:
        last = _after(last, entity.uid)
        _add(digest, ["entity", entity.uid, entity.type, _assertions(entity.assertions, said)])
    last = ""
    for link in links:
        last = _after(last, link.lid)
        _add(
            digest,
            ["link", link.lid, link.type, link.source, link.target, _assertions(link.assertions, said)],
        )
    return digest.hexdigest()


def _after(last: str, key: str) -> str:
    if key <= last:
        raise StoreError("states came out of order: the backend must sort them by uid and lid")
    return key


def _add(digest: hashlib.blake2b, body: list[object]) -> None:
    digest.update(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
    digest.update(b"\n")


def _assertions(
    assertions: tuple[Assertion, ...], labels: Mapping[int, tuple[object, ...]]
) -> list[list[object]]:
    return [
        [
            a.rid,
            a.origin_id,
            a.source,
            labels[a.label],
            a.properties,
            a.kind,
            a.caption,
            a.valid_from,
            a.valid_to,
            a.grading,
            a.source_origin,
            a.target_origin,
        ]
        for a in sorted(assertions, key=lambda a: a.rid)
    ]
