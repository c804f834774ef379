"""How well entities fit a known truth: pairs, B-cubed and entities that are easily taken for one, by entity type.

Pair figures favour large clusters, B-cubed weighs every record alike; both are given. Records of the truth that the
view does not hold count as entities of their own, so that what was not loaded or not seen is not forgiven.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analytics.resolution.errors import TruthError
from analytics.resolution.hard_classes import CLASSES, Said, hard_figures, numbered, with_nominees
from analytics.resolution.relations import Surroundings
from analytics.resolution.turns import OriginReader
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.identity.clusters import is_rule
from graphcore.identity.judgement import Judgement, Verdict

COLUMNS: Final = ("source", "record_id", "entity_type", "entity_id")
# The words of truth files, the word under which figures are given, and the type in the graph.
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "person": ("person", "Person"),
    "company": ("company", "Business"),
    "business": ("company", "Business"),
    "vehicle": ("vehicle", "Vehicle"),
    "phone": ("phone", "Phone"),
    "account": ("account", "Account"),
}
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class TrueRecord:
    """One row of a truth file."""

    source: str
    record_id: str
    word: str
    entity_id: str


def read_truth(path: Path) -> list[TrueRecord]:
    """The rows of a truth file.

    Raises:
        TruthError: a column is missing or a type is unknown.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise TruthError(
                f"{path.name} lacks the columns {', '.join(missing)}: a truth file has {','.join(COLUMNS)}"
            )
        rows = [
            TrueRecord(row["source"], row["record_id"], row["entity_type"], row["entity_id"])
            for row in reader
        ]
    unknown = sorted({row.word for row in rows} - set(WORDS))
    if unknown:
        raise TruthError(
            f"{path.name} has the unknown entity types {', '.join(unknown)}: known are {', '.join(WORDS)}"
        )
    return rows


def evaluate(
    truth: Path, reader: OriginReader, standing: Sequence[Judgement] = ()
) -> dict[str, dict[str, object]]:
    """Figures by entity type, ready for JSON.

    Args:
        truth: CSV with the columns source, record_id, entity_type, entity_id.
        reader: The view whose entities are measured.
        standing: Judgements that stand, for the figures on what the rules joined without asking.

    Returns:
        For each type ``{"records", "missing", "entities", "pairs": {"precision", "recall", "f1"}, "bcubed": {same},
        "auto": {"judged", "precision", "wrong", "review"}, "hard": {class: {"pairs", "joined", "skipped"}}}``; shares 0 to 1,
        rounded to 4 places. ``wrong``: joins by rule of two true entities, as a share of all joins by rule; ``hard``: see
        :mod:`analytics.resolution.hard_classes`.
    """
    around, by_word = Surroundings(reader), rows_by_word(truth)
    figures: dict[str, dict[str, object]] = {}
    for word, rows in sorted(by_word.items()):
        records = [*reader.iter_origins(WORDS[rows[0].word][1])]
        hard = _hard(word, by_word, around, records) if word in CLASSES else {}
        figures[word] = _measure(rows, records, standing) | {"hard": hard}
    return figures


def rows_by_word(truth: Path) -> dict[str, list[TrueRecord]]:
    """The rows of a truth file by the word under which figures are given.

    Raises:
        TruthError: as :func:`read_truth`.
    """
    by_word: dict[str, list[TrueRecord]] = defaultdict(list)
    for row in read_truth(truth):
        by_word[WORDS[row.word][0]].append(row)
    return by_word


def _measure(
    rows: Sequence[TrueRecord], records: Iterable[OriginRecords], standing: Sequence[Judgement]
) -> dict[str, object]:
    placed = {(one.source, one.reference): (one.uid, one.origin_id) for one in records}
    found = [placed.get((row.source, row.record_id)) for row in rows]
    given = [place[0] if place else f"missing {at}" for at, place in enumerate(found)]
    wanted = [row.entity_id for row in rows]
    truth_of = {place[1]: row.entity_id for place, row in zip(found, rows, strict=True) if place}
    return {
        "records": len(rows),
        "missing": sum(place is None for place in found),
        "entities": len(set(given)),
        "pairs": pair_figures(given, wanted),
        "bcubed": bcubed_figures(given, wanted),
        "auto": _auto(truth_of, standing),
    }


def _hard(
    word: str,
    by_word: Mapping[str, Sequence[TrueRecord]],
    around: Surroundings,
    records: Sequence[OriginRecords],
) -> dict[str, dict[str, int]]:
    """Classes among the true entities, from records with what links state of them."""
    true_of = _true_of(records, by_word[word])
    said: dict[str, Said] = defaultdict(Said)
    for record in around.told(records, records):
        if record.origin_id in true_of:
            said[true_of[record.origin_id]].add(record)
    if word == "company" and "person" in by_word:
        person_of = _true_of(around.reader.iter_origins("Person"), by_word["person"])
        company_of = true_of | numbered(said, records)
        appointed = around.linked(frozenset({"OFFICER_OF"}), [*person_of], [*company_of])
        with_nominees(said, ((person_of[person], company_of[company]) for person, company in appointed))
    return hard_figures(word, said)


def _true_of(records: Iterable[OriginRecords], rows: Iterable[TrueRecord]) -> dict[str, str]:
    """The true entity of each origin that the truth knows."""
    entity = {(row.source, row.record_id): row.entity_id for row in rows}
    return {
        one.origin_id: entity[one.source, one.reference]
        for one in records
        if (one.source, one.reference) in entity
    }


def pair_figures(given: Sequence[str], wanted: Sequence[str]) -> Figures:
    """Precision, recall and F1 on pairs of records that are in one entity."""
    hit = _pairs(Counter(zip(given, wanted, strict=True)).values())
    made, true = _pairs(Counter(given).values()), _pairs(Counter(wanted).values())
    # Where there is nothing to join, joining nothing is right.
    return _figures(hit / made if made else 1.0, hit / true if true else 1.0)


def bcubed_figures(given: Sequence[str], wanted: Sequence[str]) -> Figures:
    """Precision, recall and F1 as a mean over records."""
    both = Counter(zip(given, wanted, strict=True))
    here, there = Counter(given), Counter(wanted)
    n = max(1, len(given))
    precision = sum(count * count / here[a] for (a, _), count in both.items()) / n
    recall = sum(count * count / there[b] for (_, b), count in both.items()) / n
    return _figures(precision, recall)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _figures(precision: float, recall: float) -> Figures:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _auto(truth_of: Mapping[str, str], standing: Sequence[Judgement]) -> dict[str, float]:
    rules = [
        judgement
        for judgement in standing
        if is_rule(judgement.decision) and judgement.left in truth_of and judgement.right in truth_of
    ]
    same = [judgement for judgement in rules if judgement.verdict is Verdict.SAME]
    right = sum(truth_of[judgement.left] == truth_of[judgement.right] for judgement in same)
    review = sum(judgement.verdict is Verdict.UNSURE for judgement in rules)
    precision, wrong = (right / len(same), 1 - right / len(same)) if same else (0.0, 0.0)
    return {
        "judged": len(same),
        "precision": round(precision, 4),
        "wrong": round(wrong, 4),
        "review": review,
    }
