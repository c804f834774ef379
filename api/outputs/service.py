"""Charts and reports kept in the workspace's ``outputs`` folder, each with the context it was made in.

A kept file cannot be filtered again. So it is shown only to readers who may see everything that its maker could; for
everybody else it does not exist.
"""

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import orjson

from api.documents import MEDIA, Form
from api.errors import not_found
from graphcore.access import AccessContext, AccessLabel, Marking, Retention, Scope, decide
from graphcore.access.grant import granted
from graphcore.model import iso_utc

FOLDER = "outputs"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}\.(html|svg|json|graphml)")
_RANK = {Marking.OFFICIAL: 0, Marking.OFFICIAL_SENSITIVE: 1}


@dataclass(frozen=True, slots=True)
class Output:
    """One kept file. ``subject`` is the uid of the entity that it is about."""

    name: str
    title: str
    kind: str
    subject: str | None
    marking: str
    made_at: str


@dataclass(frozen=True, slots=True)
class _Maker:
    organisation: str
    clearance: str
    compartments: list[str]
    may_read_conditional: bool
    law_enforcement: bool
    originators: list[str] = field(default_factory=list[str])
    retention: list[str] = field(default_factory=lambda: [Retention.CURRENT.value])


def folder_of(workspace: Path) -> Path:
    """The folder of kept outputs, made where it is missing."""
    place = workspace / FOLDER
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def keep(workspace: Path, output: Output, content: bytes | str, context: AccessContext) -> Path:
    """Put a chart or report beside the description that says who may see it.

    Raises:
        ValueError: the name is not lower-case letters, digits, ``-`` and ``_`` with html, svg, json or graphml.
    """
    if not _NAME.fullmatch(output.name):
        raise ValueError(
            "the name of an output has letters, digits, - and _ and ends in .html, .svg, .json or .graphml"
        )
    maker = _Maker(
        context.organisation,
        context.clearance,
        sorted(_compartments(context)),
        context.may_read_conditional,
        context.law_enforcement,
        sorted(granted(context, Scope.ORIGINATOR)),
        sorted(_retention(context)),
    )
    path = folder_of(workspace) / output.name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    description = {**asdict(output), "maker": asdict(maker)}
    path.with_name(output.name + ".about").write_bytes(orjson.dumps(description, option=orjson.OPT_INDENT_2))
    return path


def made_now(now: datetime) -> str:
    """The time of an output as text."""
    return iso_utc(now)


def listed(workspace: Path, context: AccessContext) -> list[Output]:
    """The outputs that this reader may see, by name."""
    place = workspace / FOLDER
    if not place.is_dir():
        return []
    found = [_read(path, context) for path in sorted(place.glob("*.about"))]
    return [output for output in found if output is not None and (place / output.name).is_file()]


def find(workspace: Path, name: str, context: AccessContext) -> tuple[Output, bytes] | None:
    """One output and its content; None where it does not exist for this reader."""
    for output in listed(workspace, context):
        if output.name == name:
            return output, (workspace / FOLDER / name).read_bytes()
    return None


def form_of(output: Output) -> Form:
    """In which form it was kept."""
    for form in MEDIA:
        if output.name.endswith("." + form):
            return form
    raise not_found()


def _read(path: Path, context: AccessContext) -> Output | None:
    try:
        raw = orjson.loads(path.read_bytes())
        maker = _Maker(**raw.pop("maker"))
        output = Output(**raw)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None  # an output that does not say who may see it is seen by nobody
    return output if _NAME.fullmatch(output.name) and _covers(context, maker) else None


def _covers(context: AccessContext, maker: _Maker) -> bool:
    """Whether the policy lets ``context`` see all that it let the maker see."""
    try:
        cleared = _RANK[Marking(context.clearance)] >= _RANK[Marking(maker.clearance)]
    except ValueError:
        return False
    return (
        cleared
        and context.as_at is None
        and context.organisation == maker.organisation
        and _compartments(context) >= set(maker.compartments)
        and (context.may_read_conditional or granted(context, Scope.ORIGINATOR) >= set(maker.originators))
        and _retention(context) >= set(maker.retention)
        and (context.may_read_conditional or not maker.may_read_conditional)
        and (context.law_enforcement or not maker.law_enforcement)
    )


def _compartments(context: AccessContext) -> frozenset[str]:
    """Those that a reader is in or was let into."""
    return context.compartments | granted(context, Scope.COMPARTMENT)


def _retention(context: AccessContext) -> frozenset[str]:
    """The retention states whose records the rules show for this purpose."""
    return frozenset(
        state.value for state in Retention if decide(AccessLabel(retention=state), context).allow
    )
