"""Reads the YAML of a mapping safely and remembers where every value stands.

No tags, anchors or aliases, no duplicate keys; only true/false, plain numbers and texts (so NO is a text, and so is 2026-01-05).
"""

import re
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ingest.errors import MappingError

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
_INT = re.compile(r"-?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"-?\d+\.\d+")
_PLAIN_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class _Loader(yaml.SafeLoader):
    """SafeLoader whose plain scalars are all texts; this module gives them their types."""


_Loader.yaml_implicit_resolvers = {}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlText:
    """The values of a mapping file, and the line (from 1) of each path in it."""

    values: object
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Line of the deepest part of ``path`` that stands in the text; parts that do not are stepped over."""
        known: Path = ()
        for part in path:
            if (*known, part) in self.lines:
                known = (*known, part)
        return self.lines.get(known, 1)


def read_yaml(name: str, text: str) -> YamlText:
    """Parse ``text``.

    Raises:
        MappingError: not YAML, or YAML that uses what a mapping may not.
    """
    if len(text) > MAX_BYTES:
        raise MappingError(name, ["longer than 1 MiB: a mapping is a short text"])
    try:
        _refuse_aliases(name, text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MappingError(name, [f"line {line}: not YAML: {error.problem}"]) from error
    except yaml.YAMLError as error:
        raise MappingError(name, [f"not YAML: {error}"]) from error
    except RecursionError as error:
        raise MappingError(name, ["nested too deeply"]) from error
    if root is None:
        raise MappingError(name, ["the file is empty"])
    faults: list[str] = []
    lines: dict[Path, int] = {}
    values = _value(root, (), lines, faults)
    if faults:
        raise MappingError(name, faults)
    return YamlText(values, lines)


def _refuse_aliases(name: str, text: str) -> None:
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise MappingError(
                name, [f"line {line}: anchors and aliases are not allowed: write the part out"]
            )


def _value(node: Node, path: Path, lines: dict[Path, int], faults: list[str]) -> object:
    line = node.start_mark.line + 1
    lines[path] = line
    if len(path) > MAX_DEPTH:
        faults.append(f"line {line}: nested too deeply")
        return None
    if isinstance(node, ScalarNode):
        return _scalar(node, line, faults)
    if node.tag not in _PLAIN_TAGS:
        faults.append(f"line {line}: the tag {node.tag} is not allowed")
        return None
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, at), lines, faults) for at, item in enumerate(node.value)]
    assert isinstance(node, MappingNode)  # noqa: S101 - the only node class left
    return _mapping(node, path, lines, faults)


def _mapping(node: MappingNode, path: Path, lines: dict[Path, int], faults: list[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            faults.append(f"line {line}: a key must be a plain word")
        elif key.value in values:
            faults.append(f"line {line}: {key.value!r} is given twice")
        else:
            values[key.value] = _value(item, (*path, key.value), lines, faults)
            lines[*path, key.value] = line
    return values


def _scalar(node: ScalarNode, line: int, faults: list[str]) -> object:
    if node.tag != _PLAIN_TAGS[0]:
        faults.append(f"line {line}: the tag {node.tag} is not allowed")
        return None
    text = str(node.value)
    if node.style is not None:
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
