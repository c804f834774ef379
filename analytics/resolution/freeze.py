"""What a run leaves for single records that come later: written into the ledger, beside its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.resolution.blocking import Limit
from analytics.resolution.cluster import APART, groups
from analytics.resolution.comparer import Comparer
from analytics.resolution.exact import identifier_codes
from analytics.resolution.fitted import dump_fitted, load_fitted
from analytics.resolution.keys import Int64, Words, distinct
from analytics.resolution.model import Float64, Settings
from analytics.resolution.standing import KnownArrays, Standing, value_codes
from graphcore.evidence.ledger.standing import FitRow, GroupRows, StandingIndex
from graphcore.evidence.ledger.standing_tables import COMMON
from graphcore.evidence.ledger.values import OriginRecords, Placed

UNNUMBERED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """One run over one type. ``keys`` and ``owners`` (places of records, or :data:`COMMON`) are of one length, and so are
    ``values`` and ``counts``; ``lowest`` and ``bars`` say in which group each record is.
    """

    row: FitRow
    keys: Words
    owners: Int64
    values: Words
    counts: Int64
    lowest: Int64
    bars: Float64


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """What a run leaves, and the number of each record's origin."""

    made: Frozen
    origins: Int64

    @classmethod
    def by(cls, made: Frozen, records: Sequence[Placed]) -> Left:
        """From the records of the run, in its order."""
        return cls(made, np.array([record.first_seq for record in records], dtype=np.int64))


def frozen(comparer: Comparer, entity_type: str, settings: Settings | None = None) -> Frozen:
    """What a run over some records leaves. Costs about as much as finding candidates, and comparing them."""
    bound, n = settings or Settings(), comparer.n
    limit = Limit.of(comparer.kind.keys(comparer.frame), n, comparer.budget)
    keys, owners = _keys(comparer, limit)
    values, counts = _values(comparer)
    pairs = comparer.candidates()
    bits, conflict, _ = comparer.scores(pairs)
    linked = np.where(conflict, APART, bits)
    lowest, bars = np.arange(n), np.full(n, comparer.model.review)
    found = groups(pairs, linked, n, comparer.model.review, bound.component)
    lowest[found.members] = np.repeat(found.members[found.starts[:-1]], found.sizes)
    bars[found.members] = np.repeat(found.bars, found.sizes)
    row = FitRow(UNNUMBERED, entity_type, dump_fitted(comparer.weights), n, limit.most is None, 0)
    return Frozen(row, keys, owners, values, counts, lowest, bars)


def frozen_identifiers(entity_type: str, records: Sequence[OriginRecords]) -> Frozen:
    """What a run over things that are known by an identifier leaves."""
    n, nothing = len(records), np.empty(0, dtype=np.int64)
    said = [identifier_codes(entity_type, record) for record in records]
    owners = np.repeat(np.arange(n), [len(codes) for codes in said])
    codes = np.concatenate(said) if said else nothing.astype(np.uint64)
    row = FitRow(UNNUMBERED, entity_type, "", n, False, 0)
    return Frozen(row, codes, owners, nothing.astype(np.uint64), nothing, np.arange(n), np.zeros(n))


def _keys(comparer: Comparer, limit: Limit) -> tuple[Words, Int64]:
    """Every key with each record that has it; one that is too common alone."""
    keys: list[Words] = []
    owners: list[Int64] = []
    for each in comparer.kind.numbered(comparer.frame):
        order = np.argsort(each.codes)
        codes = each.codes[order]
        starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.empty(0, np.int64)
        sizes = np.diff(np.r_[starts, len(codes)])
        common = sizes > (limit.most if limit.most is not None else comparer.n)
        kept = np.repeat(~common, sizes)
        keys += [codes[kept], codes[starts[common]]]
        owners += [each.records[order][kept], np.full(int(common.sum()), COMMON)]
    return np.concatenate(keys), np.concatenate(owners)


def _values(comparer: Comparer) -> tuple[Words, Int64]:
    """Every value that at least two records give, and how many do."""
    codes: list[Words] = []
    numbers: list[Int64] = []
    for name, column in comparer.frame.columns.items():
        counts = column.counts()
        several = counts > 1
        codes.append(value_codes(name, column.hashes()[several]))
        numbers.append(counts[several])
    return np.concatenate(codes), np.concatenate(numbers)


def write_frozen(index: StandingIndex, made: Frozen, origins: Int64, reach: int, moment: str) -> FitRow:
    """Put it in place of the one that stood.

    Args:
        index: In a writing transaction.
        made: From :func:`frozen`.
        origins: The number of each record's origin.
        reach: The last record of the ledger that the run had.
        moment: ISO UTC.
    """
    row = made.row
    fit = index.begin(FitRow(0, row.entity_type, row.document, row.records, row.every_pair, reach), moment)
    hashes = index.hidden(made.keys)
    owners = np.where(made.owners == COMMON, COMMON, origins[made.owners])
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    kept = np.ones(len(hashes), dtype=np.bool_)
    kept[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    index.add_keys(fit, hashes[kept], owners[kept])
    values = index.hidden(made.values)
    order = np.argsort(values)
    index.add_counts(fit, values[order], made.counts[order])
    index.put_groups(fit, GroupRows(origins, origins[made.lowest], made.bars))
    return fit


def standing_of(index: StandingIndex, fit: FitRow) -> Standing:
    """The standing fit with all that it knows, for comparing many records."""
    values, numbers = index.every_count(fit)
    known = KnownArrays(index.hidden, distinct(index.common(fit)), values, numbers)
    return Standing(
        load_fitted(fit.document, f"standing fit {fit.number}"), fit.records, fit.every_pair, known
    )
