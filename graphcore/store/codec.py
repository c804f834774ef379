"""How states are written down: one canonical JSON for properties, and the checks that hold before any backend writes.

Canonical JSON has its names sorted and no spaces, so equal properties are equal bytes on every backend.
"""

import math
from collections.abc import Mapping
from typing import cast

import orjson

from graphcore.errors import StoreError
from graphcore.model.graph import Value
from graphcore.schema import SCHEMA
from graphcore.store.state import EntityState, GraphBatch, LinkState

Properties = Mapping[str, tuple[Value, ...]]


def encode_properties(properties: Properties) -> str:
    """Canonical JSON of a property map.

    Raises:
        StoreError: a name cannot be printed, or a value has no JSON form (NaN, more than 64 bits, half a surrogate
            pair).
    """
    if not all(name.isprintable() for name in properties):
        raise StoreError(
            "a property's name has characters that cannot be printed: use the names of the schema"
        )
    try:
        raw = orjson.dumps(properties, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise StoreError(
            f"a property cannot be kept: {error}; clean the value before it is written"
        ) from error
    if b"null" in raw and any(_endless(value) for values in properties.values() for value in values):
        raise StoreError("a property cannot be kept: NaN or infinite; leave the property out instead")
    return raw.decode()


def _endless(value: Value) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def decode_properties(text: str | bytes) -> Properties:
    """Inverse of :func:`encode_properties`."""
    raw = cast("dict[str, list[Value]]", orjson.loads(text))
    return {name: tuple(values) for name, values in raw.items()}


def check_batch(batch: GraphBatch) -> None:
    """Refuse a batch that breaks the rules of :class:`GraphBatch` that need no look at the store.

    Raises:
        StoreError: names the first state at fault.
    """
    states: tuple[EntityState | LinkState, ...] = (*batch.entities, *batch.links)
    for state in states:
        key, known = (
            (state.uid, SCHEMA.entities) if isinstance(state, EntityState) else (state.lid, SCHEMA.links)
        )
        if state.type not in known:
            raise StoreError(f"{key}: the schema has no type {state.type!r}: correct the type")
        if not state.assertions:
            raise StoreError(f"{key} has no assertion: send it as gone instead")
        for assertion in state.assertions:
            if assertion.label not in batch.labels:
                raise StoreError(
                    f"{key}: label {assertion.label} is not among the labels of the batch: add it"
                )
