"""Reads a rule file: every fault at once, each with its line; a file with a fault is no rule set.

Nothing is guessed: an unknown key or condition, a doubled name, a case that its column cannot have are faults, because a
rule that is misspelt must not fall away in silence.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import yaml

from graphcore.access.filter import Column
from graphcore.access.label import Marking, Retention
from graphcore.access.rules import NONE, Rule, RuleSet, Ways
from graphcore.access.vocabulary import CONDITIONS
from graphcore.errors import RulesError

MAX_BYTES = 100_000
VERSIONS = range(1, 2)
_TOP = ("version", "name", "markings", "read", "pointers")
_BY = (Column.HANDLING, Column.CONDITIONS, Column.RETENTION)
Entries = dict[str, tuple[yaml.Node, int]]


def read_rules(path: Path) -> RuleSet:
    """The rule set in ``path``.

    Raises:
        RulesError: it cannot be read, or is wrong; lists every fault with its line.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise RulesError(f"{path} is longer than {MAX_BYTES:,} bytes: that is no file of access rules")
        root = yaml.compose(raw.decode("utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RulesError(f"{path}: line {line}: not YAML. Correct the file, then try again.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise RulesError(f"{path} cannot be read as YAML ({type(error).__name__}): correct it") from error
    reader = _Reader()
    made = reader.rules(root, hashlib.blake2b(raw, digest_size=8).hexdigest())
    if made is None or reader.faults:
        said = "; ".join(f"line {line}: {what}" for line, what in sorted(reader.faults))
        raise RulesError(f"{path}: {said}. Correct the file, then try again.")
    return made


class _Reader:
    """Collects faults while it reads; what is read of a faulty file is thrown away."""

    def __init__(self) -> None:
        self.faults: list[tuple[int, str]] = []

    def rules(self, root: yaml.Node | None, digest: str) -> RuleSet | None:
        if root is None:
            self.faults.append((1, "the file is empty"))
            return None
        top = self._mapping(root, "the file", _TOP)
        missing = [name for name in _TOP if name not in top]
        self.faults += [(_line(root), f"{name} is missing") for name in missing]
        if missing:
            return None
        version = self._text(top["version"][0], "version")
        if version not in map(str, VERSIONS):
            self._fault(top["version"], f"version is none of {', '.join(map(str, VERSIONS))}")
            return None
        read = self._mapping(top["read"][0], "read")
        if not read:
            self._fault(top["read"], "read has no rule: everybody would see everything")
        return RuleSet(
            name=self._text(top["name"][0], "name"),
            version=int(version),
            digest=digest,
            markings=self._markings(top["markings"][0]),
            read=tuple(self._rule(name, node) for name, (node, _) in read.items()),
            pointers=self._rule("pointers", top["pointers"][0]),
        )

    def _markings(self, node: yaml.Node) -> dict[str, Marking]:
        found: dict[str, Marking] = {}
        for name, (needs, line) in self._mapping(node, "markings").items():
            wanted = self._text(needs, f"the clearance for {name}")
            if wanted in set(Marking):
                found[name] = Marking(wanted)
            else:
                self.faults.append((line, f"the clearance for {name} is none of {', '.join(Marking)}"))
        return found

    def _rule(self, name: str, node: yaml.Node) -> Rule:
        entries = self._mapping(node, name, ("any", "by", "cases"))
        if entries.keys() == {"any"}:
            return Rule(name, self._ways(entries["any"][0], name))
        if entries.keys() != {"by", "cases"}:
            self.faults.append((_line(node), f"{name} has neither `any` alone nor `by` with `cases`"))
            return Rule(name)
        by = self._text(entries["by"][0], f"by of {name}")
        if by not in _BY:
            self._fault(entries["by"], f"{name} goes by none of {', '.join(_BY)}")
            return Rule(name)
        cases: dict[str, Ways] = {}
        for case, (ways, line) in self._mapping(entries["cases"][0], f"cases of {name}").items():
            if not _can_be(Column(by), case):
                self.faults.append((line, f"{name}: no {by} can be {case!r}"))
            cases[case] = self._ways(ways, f"{name}, case {case}")
        return Rule(name, by=Column(by), cases=cases)

    def _ways(self, node: yaml.Node, where: str) -> Ways:
        if not isinstance(node, yaml.SequenceNode):
            self.faults.append((_line(node), f"{where} is no list of ways"))
            return ()
        return tuple(self._way(item, where) for item in node.value)

    def _way(self, node: yaml.Node, where: str) -> tuple[str, ...]:
        names = tuple(self._text(node, where).split(" and "))
        unknown = [name for name in names if name not in CONDITIONS]
        for name in unknown:
            near = _nearest(name, CONDITIONS)
            self.faults.append((_line(node), f"{where}: there is no condition {name!r}{near}"))
        return names

    def _mapping(self, node: yaml.Node, where: str, known: tuple[str, ...] | None = None) -> Entries:
        if not isinstance(node, yaml.MappingNode):
            self.faults.append((_line(node), f"{where} is no mapping of names to values"))
            return {}
        found: Entries = {}
        for key, value in node.value:
            name, line = self._text(key, f"a name in {where}"), _line(key)
            if name in found:
                self.faults.append((line, f"{where} has {name!r} twice"))
            elif known is not None and name not in known:
                self.faults.append((line, f"{where} knows no {name!r}{_nearest(name, known)}"))
            else:
                found[name] = (value, line)
        return found

    def _text(self, node: yaml.Node, where: str) -> str:
        if isinstance(node, yaml.ScalarNode) and str(node.value).isprintable() and node.value:
            return str(node.value)
        self.faults.append((_line(node), f"{where} is no text"))
        return ""

    def _fault(self, entry: tuple[yaml.Node, int], what: str) -> None:
        self.faults.append((entry[1], what))


def _can_be(column: Column, case: str) -> bool:
    if case == NONE:
        return column is not Column.CONDITIONS
    checks: dict[Column, Callable[[], bool]] = {
        Column.HANDLING: lambda: len(case.split(" ")) == 2 and all(case.split(" ")),
        Column.CONDITIONS: lambda: " " not in case,
        Column.RETENTION: lambda: case in set(Retention),
    }
    return checks[column]()


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- for messages alone

    near = get_close_matches(name, [*known], 1)
    return f": is it {near[0]!r}?" if near else ""


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
