"""From rows to arrays: the last step of every backend's export.

Rows of links come one for each visible assertion, ascending by (lid, seq, rid): so the first row of a link is its oldest
visible record, and hidden records are not there to be counted.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphcore.projection.arrays import Float64, GraphArrays, Int16

_Index = NDArray[np.int64]


class EntityRow(NamedTuple):
    """One visible entity; ``key`` is whatever the rows of links name it by."""

    key: str | int
    uid: str
    type: str
    caption: str


class LinkRow(NamedTuple):
    """One visible assertion of one visible link; None (numbers: or NaN) where it gives no value."""

    lid: str
    type: str
    source: str | int
    target: str | int
    valid_from: str | None
    valid_to: str | None
    share_min: float | None
    share_max: float | None
    amount: float | None
    occurrences: float | None
    stated_by: str


def build_arrays(entities: Sequence[EntityRow], links: Sequence[LinkRow]) -> GraphArrays:
    """Arrays of one view.

    Args:
        entities: Every entity once, ascending by uid.
        links: Every assertion of every link, ascending by (lid, seq, rid); both ends are in ``entities``.
    """
    number = {row.key: index for index, row in enumerate(entities)}
    lids = [row.lid for row in links]
    begins = [0] * bool(lids) + [i + 1 for i, (a, b) in enumerate(pairwise(lids)) if a != b]
    heads = [links[i] for i in begins]
    first = np.array(begins, np.int64)
    records = np.diff(np.append(first, len(links)))
    amount = _first_known([row.amount for row in links], records)
    counts = records.copy()
    for at, (count, total) in _series(links, begins).items():
        counts[at], amount[at] = count, total
    entity_types, kinds = _kinds([row.type for row in entities])
    link_types, link_kinds = _kinds([row.type for row in heads])
    return GraphArrays(
        uids=tuple([row.uid for row in entities]),
        captions=tuple([row.caption for row in entities]),
        entity_types=entity_types,
        kinds=kinds,
        lids=tuple([row.lid for row in heads]),
        link_types=link_types,
        link_kinds=link_kinds,
        source=np.array([number[row.source] for row in heads], np.int32),
        target=np.array([number[row.target] for row in heads], np.int32),
        valid_from=_reduce(np.minimum, _seconds([row.valid_from for row in links], -np.inf), first),
        valid_to=_reduce(np.maximum, _seconds([row.valid_to for row in links], np.inf), first),
        records=counts.astype(np.int32),
        share_min=_first_known([row.share_min for row in links], records),
        share_max=_first_known([row.share_max for row in links], records),
        amount=amount,
    )


def _series(links: Sequence[LinkRow], begins: Sequence[int]) -> dict[int, tuple[int, float]]:
    """By place of a link that is a series: occurrences and amount, added up in a source; of several the largest."""
    places = [at for at, row in enumerate(links) if row.occurrences is not None]
    found: dict[int, dict[str, tuple[int, float]]] = {}
    for at in places:
        row = links[at]
        by_source = found.setdefault(bisect_right(begins, at) - 1, {})
        count, total = by_source.get(row.stated_by, (0, math.nan))
        more = math.nan if row.amount is None else row.amount
        total = more if math.isnan(total) else total if math.isnan(more) else total + more
        by_source[row.stated_by] = count + int(row.occurrences or 0), total
    return {
        link: (
            max(count for count, _ in by_source.values()),
            max((total for _, total in by_source.values() if not math.isnan(total)), default=math.nan),
        )
        for link, by_source in found.items()
    }


def _kinds(types: Sequence[str]) -> tuple[tuple[str, ...], Int16]:
    names = sorted(set(types))
    code = {name: i for i, name in enumerate(names)}
    return tuple(names), np.array([code[name] for name in types], np.int16)


def _seconds(texts: Sequence[str | None], missing: float) -> Float64:
    """ISO UTC texts as seconds since 1970; ``missing`` where a record leaves the end open."""
    out = np.full(len(texts), missing)
    given = [i for i, text in enumerate(texts) if text is not None]
    if given:
        stamps = np.array([str(texts[i])[:-1] for i in given], "datetime64[us]")
        out[given] = stamps.astype(np.int64) / 1e6
    return out


def _reduce(ufunc: np.ufunc, values: Float64, first: _Index) -> Float64:
    return np.asarray(ufunc.reduceat(values, first), np.float64) if len(first) else np.zeros(0)


def _first_known(values: Sequence[float | None], records: _Index) -> Float64:
    """For each link the value of its oldest record that gives one."""
    out = np.full(len(records), np.nan)
    known = [i for i, value in enumerate(values) if value is not None and not math.isnan(value)]
    if known:
        group = np.repeat(np.arange(len(records)), records)[known]
        links, at = np.unique(group, return_index=True)
        out[links] = [values[known[i]] for i in at.tolist()]
    return out
