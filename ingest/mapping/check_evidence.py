"""Checks of markings, handling codes and gradings that stand in a mapping itself: an unknown one would stop every row."""

from collections.abc import Callable, Iterator

from graphcore.evidence import GradingScheme
from ingest.clean import evidence as clean
from ingest.errors import CleanError
from ingest.mapping.model import Constant, EvidenceWords, ValueOf
from ingest.mapping.yaml_text import Path

Fault = tuple[Path, str]


def code_faults(words: EvidenceWords, path: Path) -> list[Fault]:
    """Every constant or default code of ``words`` that its scheme does not have, with its path."""
    found: list[Fault | None] = []
    grading, handling = words.grading, words.handling
    if grading is not None:
        scheme = GradingScheme(grading.scheme)
        for place, text in _given(grading.code):
            where = (*path, "grading", "code", *place)
            found.append(_fault(where, text, lambda code, s=scheme: clean.grading_code(s, code)))
        if grading.default is not None:
            where = (*path, "grading", "default")
            found.append(_fault(where, grading.default, lambda code, s=scheme: clean.grading_code(s, code)))
    if handling is not None:
        scheme = GradingScheme(handling.scheme)
        for place, text in _given(handling.code):
            where = (*path, "handling", "code", *place)
            found.append(_fault(where, text, lambda code, s=scheme: clean.handling_code(s, code)))
        for place, text in _given(handling.conditions):
            found.append(_fault((*path, "handling", "conditions", *place), text, clean.handling_conditions))
    for place, text in _given(words.marking):
        found.append(_fault((*path, "marking", *place), text, clean.marking))
    return [fault for fault in found if fault is not None]


def _given(value: ValueOf | None) -> Iterator[tuple[Path, str]]:
    """The texts that stand in the mapping for a value: its constant, its default."""
    if value is None:
        return
    if isinstance(value, Constant):
        yield ("const",), str(value.const)
    if value.default is not None:
        yield ("default",), str(value.default)


def _fault(path: Path, text: str, read: Callable[[str], object]) -> Fault | None:
    try:
        read(text)
    except CleanError as error:
        return path, str(error)
    return None
