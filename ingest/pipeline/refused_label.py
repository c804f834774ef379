"""Who may see a refused row: never more people than could have seen what it would have stated.

What of marking, handling and compartment can be read from the row is taken from it; what cannot be (a faulty code, a row
that is no row) is taken as the strictest that the person who loads may see. Of several statements the strictest counts.
"""

from collections.abc import Callable
from dataclasses import replace

from graphcore.access import AccessLabel, Marking
from graphcore.settings import Operator
from ingest.clean import CleanSettings
from ingest.errors import RowRefusedError
from ingest.mapping.compiler import Columns, LoadContext, Row
from ingest.mapping.compiler.evidence import EvidenceCompiler, nearest
from ingest.mapping.compiler.values import ValueCompiler
from ingest.mapping.model import Constant, EvidenceWords, FileWords, HandlingWords, MappingWords, ValueOf

LabelOf = Callable[[Row | None], AccessLabel]
_LABEL_WORDS = ("marking", "handling", "compartment", "originator")
_STRICTNESS = ("", "P", "1", "2", "3", "C", "4", "5")


def strictest_label(clearance: str, organisation: str, compartments: tuple[str, ...] = ()) -> AccessLabel:
    """The label under which the fewest people beside the one who loads can see a row."""
    return AccessLabel(clearance, "3x5x2", "C", (), min(compartments, default=""), organisation)


def operators_label(operator: Operator) -> AccessLabel:
    """The same for the person at this machine's keyboard."""
    return strictest_label(operator.clearance, operator.organisation, operator.compartments)


def refused_label(
    words: MappingWords, section: FileWords, columns: Columns, strictest: AccessLabel
) -> LabelOf:
    """The function from a row of ``section`` (None: it could not be read as one) to its label.

    Args:
        words: The whole mapping.
        section: The section that reads the row.
        columns: Fresh columns of the file.
        strictest: See :func:`strictest_label`.
    """
    outer = nearest(words, section)
    parts = (section, *section.repeat)
    inner = [statement for part in parts for statement in (*part.entities.values(), *part.links)]
    own = [nearest(outer, one) for one in inner if any(getattr(one, name) for name in _LABEL_WORDS)]
    readers = [_reader(said, words, columns, strictest) for said in (outer, *own)]

    def label(row: Row | None) -> AccessLabel:
        found = readers[0](row)
        for read in readers[1:]:
            found = stricter(found, read(row))
        return found

    return label


def stricter(left: AccessLabel, right: AccessLabel) -> AccessLabel:
    """A label that nobody passes who does not pass both, as far as one label can say so."""
    marking = max((Marking(left.marking), Marking(right.marking)), key=list(Marking).index)
    strict = max(left, right, key=lambda label: _STRICTNESS.index(label.handling_code))
    conditions = tuple(sorted({*left.handling_conditions, *right.handling_conditions}))
    compartment = left.compartment or right.compartment
    return replace(
        strict,
        marking=marking,
        handling_conditions=conditions if strict.handling_code else (),
        compartment=compartment,
    )


def _reader(said: EvidenceWords, words: MappingWords, columns: Columns, strictest: AccessLabel) -> LabelOf:
    """Reads each piece by itself, so that one faulty code does not hide what the others say."""
    settings = CleanSettings("Europe/London", "dmy")
    values = ValueCompiler(columns, settings, words.lookups, LoadContext().warnings)
    compiler = EvidenceCompiler("", values, LoadContext().warnings)
    pieces: list[tuple[Callable[[Row], AccessLabel], bool, AccessLabel, tuple[str, ...]]] = []
    for only, names in (
        (_only(marking=said.marking), ("marking",)),
        (_only(handling=said.handling, originator=said.originator), ("handling_scheme", "handling_code",
            "handling_conditions", "originator")),
        (_only(compartment=said.compartment), ("compartment",)),
    ):  # fmt: skip
        pieces.append((compiler.label(only), _constant(only), strictest, names))

    def read(row: Row | None) -> AccessLabel:
        found = AccessLabel()
        for make, constant, fallback, names in pieces:
            try:
                piece = make(row) if row is not None else make([]) if constant else fallback
            except (RowRefusedError, IndexError):
                piece = fallback
            found = replace(found, **{name: getattr(piece, name) for name in names})
        return found

    return read


def _only(
    *,
    marking: ValueOf | None = None,
    handling: HandlingWords | None = None,
    compartment: ValueOf | None = None,
    originator: ValueOf | None = None,
) -> EvidenceWords:
    return EvidenceWords.model_construct(
        grading=None, known_at=None, marking=marking, handling=handling, compartment=compartment, originator=originator
    )  # fmt: skip


def _constant(words: EvidenceWords) -> bool:
    """True where no column is asked: it holds for a row that could not be read too."""
    handling = words.handling
    values = (words.marking, words.compartment, words.originator, handling and handling.code)
    rest = handling.conditions if handling else None
    given = [value for value in (*values, rest) if value is not None]
    return all(isinstance(value, Constant) and value.when is None for value in given)
