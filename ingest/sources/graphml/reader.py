"""GraphML and GEXF as rows: nodes with the type they become, edges with typed ends. The root element tells which it is.

An edge may stand before its nodes; one that names a node which the file lacks is quarantined.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import FIELD_MAX, BadRow, Rows, shortened
from ingest.readers.items import Items
from ingest.readers.kinds import KindIndex
from ingest.readers.xml_events import local, xml_events
from ingest.sources.graphml.words import link_type, node_type

_KINDS = [
    "Account",
    "Business",
    "Document",
    "Event",
    "Location",
    "Object",
    "OnlineIdentity",
    "Operation",
    "Organisation",
    "OrganisedCrimeGroup",
    "Person",
    "Phone",
    "PoliceOfficer",
    "Unknown",
    "Vehicle",
]
_NODE_TYPE = ("type", "entity_type", "node_type", "category", "class", "kind", "labels")
_NODE_NAME = ("caption", "name", "label", "title")
_LINK_TYPE = ("type", "link_type", "relationship", "rel_type", "relation", "kind", "label")
_START = ("valid_from", "start", "start_date", "from_date", "since")
_END = ("valid_to", "end", "end_date", "to_date", "until")
_WEIGHT = ("weight", "strength")
_WHOLE = ("node", "edge", "key", "attributes", "hyperedge")
Values = dict[str, str]


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Rows with ``item`` (a node's entity type, or "link"), ``a`` (the attributes as received) and ``graph`` (those of the graph).

    Raises:
        FileRefusedError: neither GraphML nor GEXF, cut off, or hostile.
    """
    del section
    kinds = KindIndex(_KINDS, _said(path, file))
    return Items(file, partial(_read, path, file, kinds))


@dataclass(slots=True)
class _Walk:
    """What the head of the file declares: names and defaults of attributes, by the key that values go by."""

    root: str = ""
    names: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    defaults: dict[str, Values] = field(default_factory=dict[str, Values])
    directed: bool = True
    graph: Values = field(default_factory=dict[str, str])


def _said(path: Path, file: str) -> Iterator[tuple[str, str]]:
    for element, values, _ in _elements(path, file):
        reference = element.get("id")
        if local(element) == "node" and reference:
            yield reference, node_type(_found(values, _NODE_TYPE))


def _read(path: Path, file: str, kinds: KindIndex) -> Iterator[Row | BadRow]:
    for element, values, walk in _elements(path, file):
        name = local(element)
        if any(len(value) > FIELD_MAX for value in values.values()):
            yield BadRow("(attribute)", "a text above 1 MiB", "")
        elif name == "node":
            yield _node(element, values, walk)
        elif name == "edge":
            yield _edge(element, values, walk, kinds)
        else:
            yield BadRow(
                "(element)", f"a {name}, which joins more than two", shortened(ascii(dict(element.attrib)))
            )


def _elements(path: Path, file: str) -> Iterator[tuple[Element, Values, _Walk]]:
    """Each node and edge with its attributes, and what the file said of them before."""
    walk = _Walk()
    for event, element, depth in xml_events(path, file, lambda e: local(e) in _WHOLE):
        name = local(element)
        if event == "start":
            if depth == 1:
                walk.root = name
                if name not in ("graphml", "gexf"):
                    raise FileRefusedError(
                        file, "neither GraphML nor GEXF", "Its first element must be graphml or gexf."
                    )
            elif name == "graph" and not walk.graph:
                kind = element.get("edgedefault") or element.get("defaultedgetype") or "directed"
                walk.directed = kind != "undirected"
            continue
        if name in ("key", "attributes"):
            _declare(element, walk)
        elif name in ("node", "edge", "hyperedge"):
            yield element, _values(element, walk), walk
        elif name == "data" and depth <= 3:
            _graph_value(element, walk)


def _declare(element: Element, walk: _Walk) -> None:
    if local(element) == "key":
        domain, key = element.get("for", "all"), element.get("id", "")
        walk.names[domain, key] = element.get("attr.name") or key
        _default(element, domain, walk.names[domain, key], walk)
        return
    domain = element.get("class", "node")
    for attribute in element:
        if local(attribute) == "attribute":
            key = attribute.get("id", "")
            walk.names[domain, key] = attribute.get("title") or key
            _default(attribute, domain, walk.names[domain, key], walk)


def _default(element: Element, domain: str, name: str, walk: _Walk) -> None:
    given = next((child.text for child in element if local(child) == "default"), None)
    if given:
        walk.defaults.setdefault(domain, {})[name] = given


def _graph_value(element: Element, walk: _Walk) -> None:
    key = element.get("key", "")
    name = walk.names.get(("graph", key)) or walk.names.get(("all", key)) or key
    walk.graph[name] = (element.text or "").strip()


def _values(element: Element, walk: _Walk) -> Values:
    """The attributes of a node or an edge under their names: those of the element itself, declared values, defaults."""
    domain = local(element)
    values = {**walk.defaults.get("all", {}), **walk.defaults.get(domain, {})}
    values |= {
        name: value for name, value in element.attrib.items() if name not in ("id", "source", "target")
    }
    for child in element:
        if local(child) == "data":
            key = child.get("key", "")
            name = walk.names.get((domain, key)) or walk.names.get(("all", key)) or key
            values[name] = (child.text or "").strip()
        elif local(child) in ("attvalues", "spells"):
            _gexf(child, domain, walk, values)
    # a dot in a name would read as a path in the mapping
    return {name.replace(".", "_"): value for name, value in values.items() if value}


def _gexf(parent: Element, domain: str, walk: _Walk, values: Values) -> None:
    for child in parent:
        if local(child) == "spell":  # several spells: from the first to the last
            values.setdefault("start", child.get("start", ""))
            values["end"] = child.get("end", "")
        elif local(child) == "attvalue":
            key = child.get("for") or child.get("id") or ""
            name, value = walk.names.get((domain, key)) or key, child.get("value", "")
            values[name] = f"{values[name]}|{value}" if values.get(name) and child.get("start") else value


def _found(values: Mapping[str, str], names: Sequence[str]) -> list[str]:
    folded = {name.casefold(): value for name, value in values.items()}
    return [folded[name] for name in names if folded.get(name)]


def _first(values: Mapping[str, str], names: Sequence[str]) -> str:
    return next(iter(_found(values, names)), "")


def _node(element: Element, values: Values, walk: _Walk) -> Row | BadRow:
    reference = element.get("id", "")
    if not reference.strip():
        return BadRow("id", "a node without an id", shortened(ascii(values)))
    return {
        "item": node_type(_found(values, _NODE_TYPE)),
        "id": reference,
        "name": [part.strip() for part in (_first(values, _NODE_NAME) or reference).split("|")],
        "a": values,
        "graph": walk.graph,
    }


def _edge(element: Element, values: Values, walk: _Walk, kinds: KindIndex) -> Row | BadRow:
    source, target = element.get("source", ""), element.get("target", "")
    ends = kinds.kind(source), kinds.kind(target)
    if ends[0] is None or ends[1] is None:
        return BadRow(
            "source" if ends[0] is None else "target",
            "names no node of this file",
            shortened(ascii({"source": source, "target": target, **values})),
        )
    words = _found(values, _LINK_TYPE)
    # GEXF says in ``type`` whether an edge is directed: that is no relation
    words = [word for word in words if word.casefold() not in ("directed", "undirected", "mutual")]
    made = link_type(words)
    return {
        "item": "link",
        "id": element.get("id", ""),
        "type": made,
        "word": next(iter(words), ""),
        "source": source,
        "source_type": ends[0],
        "target": target,
        "target_type": ends[1],
        "weight": _first(values, _WEIGHT),
        "start": _first(values, _START),
        "end": _first(values, _END),
        "directed": "Y" if walk.directed else "",
        "a": values,
        "graph": walk.graph,
    }
