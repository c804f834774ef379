"""What a column seems to hold: its name is a hint, and its sampled values are the proof. Evidence is told in counts only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.clean import CleanSettings, make_cleaner
from ingest.clean import evidence as codes
from ingest.errors import CleanError

MAX_VALUES = 300


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """A column's meaning ("" where nothing is known), why it is thought so, and whether its values are all different."""

    column: str
    meaning: str
    evidence: str
    unique: bool
    filled: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """Values that ``cleaner`` takes, of which ``shape`` says more; ``hinted``: share that suffices with a telling name."""

    meaning: str
    cleaner: str
    hint: str
    hinted: float
    bare: float | None
    shape: str = ".*"


_RULES = (
    _Rule("marking", "marking", r"mark|classif|gpms|gsc", 0.5, 0.95),
    _Rule("email", "email", r"e ?mail", 0.5, 0.8),
    _Rule("iban", "iban", r"iban", 0.5, 0.8),
    _Rule(
        "timestamp", "timestamp", r"time|date|start|end|when|stamp|\bat\b|seen|read", 0.6, 0.9, r".*\d:\d.*"
    ),
    _Rule(
        "partial_date",
        "partial_date",
        r"date|dob|birth|born|\bon\b|from|until|\bto\b|day|opened|closed",
        0.6,
        0.9,
        r".*\d.*",
    ),
    _Rule("sort_code", "sort_code", r"sort ?code|sortcode", 0.5, 0.9, r"\d\d-\d\d-\d\d"),
    _Rule("postcode", "postcode", r"post ?code|\bzip\b|postal", 0.5, 0.9),
    _Rule("company_number", "company_number", r"comp\w* ?(no|num|number|reg)|crn|registration n", 0.5, None),
    _Rule("account_number", "account_number", r"acc\w* ?(no|num|number)|account", 0.5, None),
    _Rule(
        "phone",
        "phone",
        r"phone|mobile|tel\b|msisdn|number|\bcli\b|called|caller|calling|dialled",
        0.5,
        0.9,
        r"[+0(4][\d\s()+.-]{8,}",
    ),
    _Rule(
        "vrm",
        "vrm",
        r"vrm|vrn|reg(istration)?\b|plate|index",
        0.6,
        0.95,
        r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9 ]{4,8}",
    ),
    _Rule("pence", "pence", r"amount|value|paid|debit|credit|balance|price|cost|gbp|£", 0.8, None, r".*\d.*"),
    _Rule("integer", "integer", r"", 0.98, 0.98, r"[+-]?\d{1,18}"),
)
_NAMES = (
    ("birth_date", r"dob|birth|born"),
    ("given_name", r"(fore|first|given) ?names?"),
    ("family_name", r"(sur|last|family) ?name"),
    (
        "business_name",
        r"(company|business|trading|firm|organisation|employer) ?name|^company$|^business$|^firm$",
    ),
    ("alias", r"alias|nick ?name|aka|street name"),
    ("gender", r"^(sex|gender)"),
    ("address", r"address|addr\b|street|premises"),
    ("town", r"town|city|locality"),
    ("nationality", r"nationality|citizen"),
    ("occupation", r"occupation|job"),
    ("make", r"^make$|vehicle make"),
    ("model", r"^model$|vehicle model"),
    ("colour", r"colou?r"),
    ("duration_s", r"duration|seconds|secs"),
    ("description", r"descr|narrative|detail|memo"),
    ("conditions", r"condition|action code|sanitis"),
    ("person_name", r"(^| )names?$|nominal|subject|holder|suspect|person|keeper|subscriber"),
    ("reference", r"(^| )(id|ref|reference|urn|key|uid|number|no)$"),
)
_WEAK = ("vrm", "integer", "partial_date", "phone")  # shapes that plain reference numbers have too
_GRADE = {
    "3x5x2": re.compile(r"[1-3]\s?[A-E]", re.IGNORECASE),
    "5x5x5": re.compile(r"[A-E]\s?[1-5]", re.IGNORECASE),
}
_HANDLING = {"3x5x2": frozenset("PC"), "5x5x5": frozenset("12345")}


def guess_column(column: str, values: Sequence[str], dates: Literal["dmy", "mdy"], rows: int) -> ColumnGuess:
    """What ``column`` holds.

    Args:
        column: Its name in the header.
        values: Sampled values that are not empty.
        dates: Order of day and month.
        rows: Rows sampled, the empty ones with them.
    """
    distinct = [*dict.fromkeys(text.strip() for text in values)][:MAX_VALUES]
    words = _words(column)
    unique = len(distinct) == min(len(values), MAX_VALUES) and len(distinct) > 0
    meaning, why = "", "no rule fits its values"
    if not distinct:
        why = "no value in the sample"
    else:
        found = _graded(words, distinct) or _by_rule(words, distinct, dates) or _by_name(words, distinct)
        meaning, why = found or (meaning, why)
    if meaning == "partial_date" and re.search(_NAMES[0][1], words):
        meaning = "birth_date"
    return ColumnGuess(column, meaning, why, unique, len(values) == rows and rows > 0)


def _words(column: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.rsplit(".", maxsplit=1)[-1])
    return re.sub(r"[^a-z0-9£]+", " ", spaced.lower()).strip()


def _graded(words: str, distinct: Sequence[str]) -> tuple[str, str] | None:
    """Gradings and handling codes, which are too short to be told by their values alone."""
    for scheme, shape in _GRADE.items():
        if re.search(r"grad|eval|5x5|3x5", words) and all(shape.fullmatch(text) for text in distinct):
            return f"grading {scheme}", f"its name, and all {len(distinct)} values are gradings of {scheme}"
    for scheme, allowed in _HANDLING.items():
        if re.search(r"handl|dissem", words) and {text.upper() for text in distinct} <= allowed:
            return f"handling {scheme}", f"its name, and all {len(distinct)} values are codes of {scheme}"
    return None


def _by_rule(words: str, distinct: Sequence[str], dates: Literal["dmy", "mdy"]) -> tuple[str, str] | None:
    for rule in _RULES:
        hinted = bool(rule.hint) and re.search(rule.hint, words) is not None
        wanted = rule.hinted if hinted else rule.bare
        if wanted is None or (not hinted and rule.meaning in _WEAK and re.search(_NAMES[-1][1], words)):
            continue
        taken = sum(_takes(rule, text, dates) for text in distinct)
        if taken >= wanted * len(distinct):
            told = f"{taken} of {len(distinct)} different values are {rule.meaning.replace('_', ' ')}"
            return rule.meaning, f"its name, and {told}" if hinted else told
    return None


def _takes(rule: _Rule, text: str, dates: Literal["dmy", "mdy"]) -> bool:
    if not re.fullmatch(rule.shape, text, re.DOTALL):
        return False
    try:
        if rule.cleaner == "marking":
            return bool(codes.marking(text))
        clean = make_cleaner(rule.cleaner, CleanSettings(dates=dates)).text
        return clean is not None and clean(text) is not None
    except CleanError:
        return False


def _by_name(words: str, distinct: Sequence[str]) -> tuple[str, str] | None:
    for meaning, hint in _NAMES:
        letters = sum(any(char.isalpha() for char in text) for text in distinct)
        if meaning == "birth_date" or not re.search(hint, words):
            continue
        if meaning.endswith("name") and letters * 2 < len(distinct):
            continue
        return meaning, "its name"
    return None
