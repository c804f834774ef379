"""Compares what a mapping's test expects with what came; every difference is shown, nothing is guessed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphcore.evidence import EntityRecord, Evidence, LinkRecord
from graphcore.evidence.ledger import QuarantineRow
from graphcore.model import Value, iso_utc
from ingest.mapping.expect_words import EntityExpected, ExpectWords, LinkExpected, Stated
from ingest.mapping.yaml_text import Path

Shown = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a case gave."""

    entities: Sequence[EntityRecord]
    links: Sequence[LinkRecord]
    refused: Sequence[QuarantineRow]
    skipped: int
    warnings: Sequence[str]
    file_refused: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One expectation; ``path`` is its place below the case."""

    path: Path
    what: str
    expected: str
    got: str
    passed: bool


def compare(case: ExpectWords, found: Found) -> Iterator[Compared]:
    """Every expectation of a case against what was found, in a fixed order."""
    if case.file_refused is not None or found.file_refused:
        wanted, got = case.file_refused, found.file_refused
        ok = wanted is not None and bool(got) and wanted in got
        yield Compared(
            ("file_refused",), "file", f"refused: {wanted}" if wanted else "loads", got or "loads", ok
        )
        if got:
            return
    yield from _counts(case, found)
    for at, entity in enumerate(case.entity):
        yield _entity(("entity", at), entity, found.entities)
    for at, link in enumerate(case.link):
        yield _link(("link", at), link, found.links)
    yield from _refused(case, found)
    for at, text in enumerate(case.warnings):
        there = [line for line in found.warnings if text in line]
        yield Compared(("warnings", at), "warning", text, there[0] if there else "none", bool(there))


def _counts(case: ExpectWords, found: Found) -> Iterator[Compared]:
    stated = {(e.origin.source, e.origin.entity_type, e.origin.reference) for e in found.entities}
    joined = {(k.link_type, k.source, k.target, k.reference) for k in found.links}
    for word, wanted, counts in (
        ("entities", case.entities, Counter(one[1] for one in stated)),
        ("links", case.links, Counter(one[0] for one in joined)),
    ):
        for name in sorted({*(wanted or ()), *counts}) if wanted is not None else ():
            expected, got = (wanted or {}).get(name, 0), counts[name]
            yield Compared((word, name), f"{word} {name}", str(expected), str(got), expected == got)
    if case.skipped is not None:
        same = case.skipped == found.skipped
        yield Compared(("skipped",), "rows skipped", str(case.skipped), str(found.skipped), same)


def _refused(case: ExpectWords, found: Found) -> Iterator[Compared]:
    reasons = "; ".join(f"row {r.row}: {r.field}: {r.reason}" for r in found.refused[:5])
    got = f"{len(found.refused)}" + (f" ({reasons})" if reasons else "")
    if isinstance(case.quarantined, int):
        same = case.quarantined == len(found.refused)
        yield Compared(("quarantined",), "rows refused", str(case.quarantined), got, same)
    elif case.quarantined is not None:
        total = sum(case.quarantined.values())
        yield Compared(("quarantined",), "rows refused", str(total), got, total == len(found.refused))
        for part, wanted in case.quarantined.items():
            count = sum(part in row.reason for row in found.refused)
            where: Path = ("quarantined", part)
            yield Compared(where, f"refused: {part}", str(wanted), str(count), wanted == count)
    for at, one in enumerate(case.refused):
        ok = any(
            one.row in (None, row.row) and one.field in (None, row.field) and (one.reason or "") in row.reason
            for row in found.refused
        )
        wanted_row = f"row {one.row or 'any'}: {one.field or 'any field'}: {one.reason or 'any reason'}"
        yield Compared(("refused", at), "refused", wanted_row, reasons or "none", ok)


def _entity(path: Path, wanted: EntityExpected, found: Sequence[EntityRecord]) -> Compared:
    what = f"entity {wanted.type} {wanted.key}"
    there = [e for e in found if (e.origin.entity_type, e.origin.reference) == (wanted.type, wanted.key)]
    if not there:
        keys = sorted({e.origin.reference for e in found if e.origin.entity_type == wanted.type})
        return Compared(path, what, "stated", f"not stated (keys: {', '.join(keys[:8]) or 'none'})", False)
    differences = [
        _facts(wanted, one.properties, one.evidence, {"kind": (wanted.kind, one.kind)}) for one in there
    ]
    return _closest(path, what, differences)


def _link(path: Path, wanted: LinkExpected, found: Sequence[LinkRecord]) -> Compared:
    what = f"link {wanted.from_} {wanted.type} {wanted.to}"
    there = [
        one
        for one in found
        if (one.link_type, one.source.reference, one.target.reference)
        == (wanted.type, wanted.from_, wanted.to)
        and wanted.reference in (None, one.reference)
    ]
    if not there:
        ends = sorted(
            {f"{k.source.reference} -> {k.target.reference}" for k in found if k.link_type == wanted.type}
        )
        return Compared(path, what, "stated", f"not stated (ends: {', '.join(ends[:8]) or 'none'})", False)
    return _closest(path, what, [_link_facts(wanted, one) for one in there])


def _link_facts(wanted: LinkExpected, one: LinkRecord) -> list[tuple[str, str, str]]:
    valid = one.evidence.valid
    start, end = (iso_utc(at) if at else "" for at in (valid.start, valid.end))
    times = {"valid_from": (wanted.valid_from, start), "valid_to": (wanted.valid_to, end)}
    return _facts(wanted, one.properties, one.evidence, times)


def _closest(path: Path, what: str, differences: list[list[tuple[str, str, str]]]) -> Compared:
    """The statement that differs least."""
    best = min(differences, key=lambda found: (len(found), found))
    if not best:
        return Compared(path, what, "stated", "stated", True)
    expected = ", ".join(f"{name} {wanted}" for name, wanted, _ in best)
    return Compared(path, what, expected, ", ".join(f"{name} {got}" for name, _, got in best), False)


def _facts(
    wanted: Stated,
    properties: Mapping[str, Shown],
    evidence: Evidence,
    more: Mapping[str, tuple[str | None, str]],
) -> list[tuple[str, str, str]]:
    """What differs: name, expected, found."""
    label, grading = evidence.label, evidence.grading
    asked = {
        "marking": (wanted.marking, label.marking),
        "handling": (wanted.handling, label.handling_code),
        "compartment": (wanted.compartment, label.compartment),
        "originator": (wanted.originator, label.originator),
        "grading": (wanted.grading, grading.code if grading else ""),
        **more,
    }
    out = [(name, told, got) for name, (told, got) in asked.items() if told is not None and told != got]
    if wanted.conditions is not None and tuple(sorted(wanted.conditions)) != label.handling_conditions:
        out.append(("conditions", " ".join(sorted(wanted.conditions)), " ".join(label.handling_conditions)))
    for name, value in wanted.properties.items():
        told = () if value is None else tuple(value) if isinstance(value, list) else (value,)
        got = tuple(properties.get(name, ()))
        if not _same(told, got):
            out.append((name, _text(told), _text(got)))
    return out


def _same(told: Shown, got: Shown) -> bool:
    """Equal values of equal kind: true is not 1."""
    return told == got and [isinstance(v, bool) for v in told] == [isinstance(v, bool) for v in got]


def _text(values: Shown) -> str:
    return " | ".join(str(value) for value in values) or "(nothing)"
