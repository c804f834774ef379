"""``settings.yaml`` of a workspace: who the local operator is and where the audit log's checkpoint lies.

Every field has a default, so a missing file is an empty one. A field that is not known is refused: a misspelt clearance
must not pass for the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import yaml

from graphcore.access.context import PurposeCode
from graphcore.access.label import Marking
from graphcore.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Operator:
    """The person at this machine's keyboard, as far as the policy looks at them.

    By default they see what has no compartment: they hold the files and the key. A compartment, or what only its
    originator may read, has to be named in the settings.
    """

    organisation: str = ""
    clearance: str = Marking.OFFICIAL_SENSITIVE
    purpose: str = PurposeCode.INVESTIGATION
    reason: str = "work at the local command line"
    compartments: tuple[str, ...] = ()
    may_read_conditional: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a workspace; ``audit_checkpoint`` None: beside the log."""

    operator: Operator = field(default_factory=Operator)
    audit_checkpoint: Path | None = None


def read_settings(path: Path) -> Settings:
    """The settings in ``path``, defaults where it is missing.

    Raises:
        LedgerError: the file is not YAML or holds something unknown; lists every fault.
    """
    if not path.exists():
        return Settings()
    try:
        raw: object = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LedgerError(
            f"{path} cannot be read as YAML ({type(error).__name__}): correct it or remove it"
        ) from error
    faults: list[str] = []
    top = _mapping(raw, "the file", {"operator": dict, "audit_checkpoint": str}, faults)
    operator = _mapping(top.get("operator", {}), "operator", _operator_types(), faults)
    _check_words(operator, faults)
    if faults:
        raise LedgerError(f"{path}: " + "; ".join(faults) + ". Correct the file, then try again.")
    place = top.get("audit_checkpoint")
    known: dict[str, Any] = {**operator, "compartments": tuple(operator.get("compartments", ()))}
    return Settings(Operator(**known), Path(place) if place else None)


def _operator_types() -> dict[str, type]:
    default = Operator()
    found: dict[str, type] = {}
    for one in fields(Operator):
        value = getattr(default, one.name)
        found[one.name] = list if isinstance(value, tuple) else bool if isinstance(value, bool) else str
    return found


def _mapping(raw: object, where: str, known: Mapping[str, type], faults: list[str]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        faults.append(f"{where} is not a mapping of names to values")
        return {}
    found = cast("dict[object, Any]", raw)
    faults += [f"{where} has no setting {name!r}" for name in found if name not in known]
    named = {str(name): value for name, value in found.items() if name in known}
    faults += [
        f"{where}.{name} is not a {known[name].__name__}"
        for name, value in named.items()
        if not isinstance(value, known[name])
    ]
    return named


def _check_words(operator: Mapping[str, Any], faults: list[str]) -> None:
    for name, allowed in (("clearance", Marking), ("purpose", PurposeCode)):
        given = operator.get(name, next(iter(allowed)))
        if isinstance(given, str) and given not in set(allowed):
            faults.append(f"operator.{name} is not one of {', '.join(allowed)}")
