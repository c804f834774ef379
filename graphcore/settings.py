"""``settings.yaml`` of a workspace: who the local operator is, where the audit log's checkpoint and key lie, what is unusual.

```yaml
operator: {organisation: Northshire, purpose: investigation, reason: desk work of the intelligence unit}
unusual_access: {distinct_per_hour: 300, closely_watched: [7hq2m4zc6tq3v5x7a2b4d6fj]}   # see audit/unusual.py
users: {jh: j.hargreaves}     # who has an account of this machine reads as that account of the workspace
audiences:                    # who may be given a graph of their own: ocb graph publish --audience analysts
  analysts: {organisation: Northshire, clearance: OFFICIAL-SENSITIVE, recipients: [analysts of Northshire], gateway: DPA 2018 s.36}
```

Every field has a default, so a missing file is an empty one. A field that is not known is refused: a misspelt clearance
must not pass for the default.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from graphcore.access.audience import Audience
from graphcore.access.context import PurposeCode
from graphcore.access.label import Marking
from graphcore.audit.unusual import UnusualAccess
from graphcore.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Operator:
    """The person at this machine's keyboard, as far as the policy looks at them.

    By default they see what has no compartment: they hold the files and the key. A compartment, or what only its
    originator may read, has to be named in the settings. There is no purpose by default: it is given with the command,
    or written here by somebody who then answers for it.
    """

    subject: str = ""
    organisation: str = ""
    clearance: str = Marking.OFFICIAL_SENSITIVE
    purpose: str = ""
    reason: str = ""
    compartments: tuple[str, ...] = ()
    may_read_conditional: bool = True


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """``four_eyes``: what counts only when a second person confirms it: ``auto`` (what a run would join), ``same`` (what a
    person would). ``partners``: whether there are readers outside law enforcement, whom identity has to tell nothing either of
    what they may not see; less can be joined then. ``names``: a CSV file of how common names are in the population, from the
    folder of the workspace; ``learn``: refit weights to what persons judged, in every run.
    """

    four_eyes: tuple[str, ...] = ()
    partners: bool = False
    names: str = ""
    learn: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a workspace.

    ``audit_checkpoint`` None: ``checkpoints/audit.checkpoint``. ``audit_signing_key`` None: ``keys/audit-sign.key``.
    ``seal``: hash the ledger's file when a writer closes it (about a second a gigabyte), so that ``ocb graph check`` finds
    every damage.
    ``joins``: of a covert workspace, the folder of the open one that it pulls from (``ocb covert pull``), from its own folder.
    ``users``: names of this machine's users and the accounts that they read as; where any is named, nobody else reads.
    """

    operator: Operator = field(default_factory=Operator)
    users: Mapping[str, str] = field(default_factory=dict[str, str])
    audit_checkpoint: Path | None = None
    audit_signing_key: Path | None = None
    seal: bool = True
    unusual_access: UnusualAccess = field(default_factory=UnusualAccess)
    identity: IdentityRules = field(default_factory=IdentityRules)
    audiences: Mapping[str, Audience] = field(default_factory=dict[str, Audience])
    joins: Path | None = None


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
    top = _mapping(raw, "the file", _TOP, faults)
    operator = _mapping(top.get("operator", {}), "operator", _types(Operator()), faults)
    unusual = _mapping(top.get("unusual_access", {}), "unusual_access", _types(UnusualAccess()), faults)
    identity = _mapping(top.get("identity", {}), "identity", _types(IdentityRules()), faults)
    if not set(identity.get("four_eyes", ())) <= {"auto", "same"}:
        faults.append("identity.four_eyes holds something else than auto and same")
    users = _users(top.get("users", {}), faults)
    audiences = _audiences(top.get("audiences", {}), faults)
    _check_words(operator, "operator", faults)
    _check_unusual(unusual, faults)
    if faults:
        raise LedgerError(f"{path}: " + "; ".join(faults) + ". Correct the file, then try again.")
    named = ("audit_checkpoint", "audit_signing_key", "joins")
    places = {name: Path(top[name]) for name in named if top.get(name)}
    return Settings(
        Operator(**_frozen(operator)),
        users,
        unusual_access=UnusualAccess(**_frozen(unusual)),
        identity=IdentityRules(**_frozen(identity)),
        seal=top.get("seal", True),
        audiences={name: Audience(**_frozen(given)) for name, given in audiences.items()},
        **places,
    )


_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
_TOP: Mapping[str, type] = {
    "operator": dict, "users": dict, "unusual_access": dict, "identity": dict, "audit_checkpoint": str, "audit_signing_key": str,
    "seal": bool, "audiences": dict, "joins": str,
}  # fmt: skip


def _types(default: Operator | UnusualAccess | IdentityRules | Audience) -> dict[str, type]:
    """What each field of a section must be in YAML."""
    found: dict[str, type] = {}
    for one in fields(default):
        value = getattr(default, one.name)
        kinds = {tuple: list, bool: bool, int: int, str: str}
        found[one.name] = next((kind for held, kind in kinds.items() if isinstance(value, held)), dict)
    return found


def _frozen(section: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as tuples, also within a mapping."""
    return {name: _as_tuples(value) for name, value in section.items()}


def _as_tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(cast("list[Any]", value))
    if isinstance(value, dict):
        return {str(key): tuple(map(str, held)) for key, held in cast("dict[Any, list[Any]]", value).items()}
    return value


def _mapping(raw: object, where: str, known: Mapping[str, type], faults: list[str]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        faults.append(f"{where} is not a mapping of names to values")
        return {}
    found = cast("dict[object, Any]", raw)
    faults += [f"{where} has no setting {name!r}" for name in found if name not in known]
    named = {str(name): value for name, value in found.items() if name in known}
    wrong = [name for name, value in named.items() if not _is(value, known[name])]
    words = {dict: "mapping"}
    faults += [f"{where}.{name} is not a {words.get(known[name], known[name].__name__)}" for name in wrong]
    return {name: value for name, value in named.items() if name not in wrong}


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def _users(found: Mapping[object, object], faults: list[str]) -> dict[str, str]:
    if not all(isinstance(name, str) and isinstance(account, str) for name, account in found.items()):
        faults.append("users does not map names of users to names of accounts")
    return {str(name): str(account) for name, account in found.items()}


def _audiences(found: Mapping[object, object], faults: list[str]) -> dict[str, dict[str, Any]]:
    """Each audience's fields. Whom a graph goes to, and on which ground, has no default."""
    audiences: dict[str, dict[str, Any]] = {}
    for name, raw in found.items():
        where = f"audiences.{name}"
        given = audiences[str(name)] = _mapping(raw, where, _types(Audience()), faults)
        _check_words(given, where, faults)
        lacking = [one for one in ("recipients", "gateway") if not given.get(one)]
        faults += [f"{where}.{one} is missing: it stands in the audit log" for one in lacking]
        if not _NAME.fullmatch(str(name)):
            faults.append(f"{where} has a name of something else than letters, digits, - and _")
        listed = [one for one in ("compartments", "recipients") if isinstance(given.get(one), list)]
        if not all(isinstance(text, str) for one in listed for text in given[one]):
            faults.append(f"{where} has something in a list that is no text")
    return audiences


def _check_words(section: Mapping[str, Any], where: str, faults: list[str]) -> None:
    for name, allowed in (("clearance", Marking), ("purpose", PurposeCode)):
        given = section.get(name, next(iter(allowed)))
        if given not in set(allowed) - {PurposeCode.SYSTEM}:
            faults.append(f"{where}.{name} is not one of {', '.join(allowed)}")


def _check_unusual(unusual: Mapping[str, Any], faults: list[str]) -> None:
    where = "unusual_access"
    faults += [
        f"{where}.{name} is below 0"
        for name, value in unusual.items()
        if isinstance(value, int) and value < 0
    ]
    for name in ("office_from", "office_to"):
        if not _parses(time.fromisoformat, unusual.get(name, "00:00")):
            faults.append(f"{where}.{name} is not a time of day in quotes, for example '07:00'")
    if not _parses(ZoneInfo, unusual.get("time_zone", "UTC")):
        faults.append(f"{where}.time_zone is not a known time zone, for example Europe/London")
    if not set(map(str, unusual.get("office_days", ()))) <= set("1234567"):
        faults.append(f"{where}.office_days are not of 1 (Monday) to 7 (Sunday)")
    if not all(isinstance(held, list) for held in unusual.get("names", {}).values()):
        faults.append(f"{where}.names does not give each account a list of names")


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except (ValueError, ZoneInfoNotFoundError):
        return False
    return True
