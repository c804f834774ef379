"""Every Cypher statement of the platform, one a file, loaded by name; nothing is ever added to a text at run time.

A file starts with a header that is checked when it is read and at every call::

    // read/entities — visible entities of a list
    // params: uids list[str], labels list[int], as_at str?
    // returns: uid str, type str, seen list
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

_HEAD = re.compile(
    r"\A// (?P<name>[\w/]+) — (?P<purpose>[^\n]+)\n// params: (?P<params>[^\n]+)\n// returns: (?P<returns>[^\n]+)\n"
)
NOTHING = "none"


class StatementError(ValueError):
    """A statement file lacks its header, or a call gives other parameters than the header names."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text as it stands in the file, and what its header promises."""

    name: str
    purpose: str
    params: Mapping[str, str]
    returns: Mapping[str, str]
    text: LiteralString

    def check(self, given: Mapping[str, object]) -> None:
        """Fail unless exactly the parameters of the header are given."""
        if given.keys() != self.params.keys():
            raise StatementError(
                f"cypher/{self.name}.cypher takes {sorted(self.params)}, but was given {sorted(given)}"
            )


@cache
def statement(name: str) -> Statement:
    """The statement in ``cypher/NAME.cypher``, for example ``read/entities``.

    Raises:
        StatementError: no such file, or its header is missing or names another statement.
    """
    path = files("cypher").joinpath(f"{name}.cypher")
    if not path.is_file():
        raise StatementError(f"there is no cypher/{name}.cypher")
    return parse_statement(name, path.read_text(encoding="utf-8"))


def parse_statement(name: str, text: str) -> Statement:
    """Read a statement and its header; ``name`` is what the header must say."""
    head = _HEAD.match(text)
    if head is None or head["name"] != name:
        raise StatementError(
            f"cypher/{name}.cypher: the first three lines must be '// {name} — purpose', "
            "'// params: name type, ...' and '// returns: name type, ...' ('none' for nothing)"
        )
    body = text[head.end() :].strip().removesuffix(";")
    # the text of a file in this package is as fixed as one in the code; the driver wants that said
    fixed = cast("LiteralString", body)
    return Statement(name, head["purpose"], _fields(head["params"]), _fields(head["returns"]), fixed)


def _fields(text: str) -> dict[str, str]:
    if text.strip() == NOTHING:
        return {}
    pairs = [field.strip().partition(" ") for field in text.split(",")]
    return {name: kind for name, _, kind in pairs}


def schema_statements() -> tuple[LiteralString, ...]:
    """Constraints and indexes, one statement each, in the order in which they are to be run."""
    folder = files("cypher").joinpath("schema")
    found: list[LiteralString] = []
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line for line in lines if not line.startswith("//"))
        found.extend(cast("LiteralString", part.strip()) for part in text.split(";") if part.strip())
    return tuple(found)
