"""FollowTheMoney entities, or statements put together to them, as rows with links whose ends have types.

Tolerant: properties that are not known are kept as received; only a schema that is not known, or a link that has no
end, costs its row.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Row
from ingest.mapping.model import FileWords
from ingest.readers.base import BadRow, Rows, shortened
from ingest.readers.delimited import Delimited
from ingest.readers.items import Items
from ingest.readers.json_array import JsonArray
from ingest.readers.json_lines import JsonLines
from ingest.readers.kinds import KindIndex
from ingest.readers.scan import scan_text
from ingest.sources.ftm import statements
from ingest.sources.ftm.schemata import EDGES, NODES, TYPES, tie_of

Entity = dict[str, object]
Properties = dict[str, list[str]]
_UK = frozenset({"gb", "gb-eng", "gb-sct", "gb-wls", "gb-nir", "uk"})


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """Rows with ``item`` (the entity type, or "link"), ``p`` (the properties as lists) and ``links``.

    Raises:
        FileRefusedError: neither entities nor statements.
    """
    scan = scan_text(path, file, "utf-8", lines=False)
    if scan.first == "[":
        inner: Rows = JsonArray(path, scan, "")
    elif scan.first == "{":
        inner = JsonLines(path, scan)
    else:
        inner = Delimited(path, section, scan)
    read = _reading(inner, file)
    kinds = KindIndex(TYPES, _said(read()))
    return Items(file, lambda: (_shaped(row, kinds) for row in read()))


def _reading(inner: Rows, file: str) -> Callable[[], Iterator[Row | BadRow]]:
    """The way from the file's rows to entities."""
    if isinstance(inner, Delimited):
        lacking = [name for name in statements.COLUMNS if name not in inner.header]
        if lacking:
            raise FileRefusedError(
                file,
                f"it lacks the column {', '.join(lacking)}",
                "Give entities as JSON lines, or statements.",
            )
        return partial(_from_table, inner)
    first = next((row for row in inner.rows() if not isinstance(row, BadRow)), None)
    if isinstance(first, dict) and "prop" in first and "properties" not in first:
        return lambda: statements.entities(inner.rows())
    return inner.rows


def _from_table(inner: Delimited) -> Iterator[Row | BadRow]:
    named: Iterable[Row | BadRow] = (
        row if isinstance(row, BadRow) else dict(zip(inner.header, cast("list[str]", row), strict=True))
        for row in inner.rows()
    )
    return statements.entities(named)


def _said(rows: Iterator[Row | BadRow]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if isinstance(row, BadRow):
            continue
        entity = cast("Entity", row)
        schema, reference = entity.get("schema"), entity.get("id")
        if isinstance(schema, str) and isinstance(reference, str) and schema in NODES:
            yield reference, NODES[schema][0]


def _shaped(row: Row | BadRow, kinds: KindIndex) -> Row | BadRow:
    if isinstance(row, BadRow):
        return row
    entity = cast("Entity", row)
    schema, reference = entity.get("schema"), entity.get("id")
    if not isinstance(reference, str) or not reference:
        return _bad("id", "is empty or no text", entity)
    if not isinstance(schema, str) or (schema not in NODES and schema not in EDGES):
        return _bad("schema", "not a schema that is known", entity)
    p = _properties(entity.get("properties"))
    kept = {name: value for name, value in entity.items() if name != "properties"}
    share = next(iter(p.get("percentage", [])), "")
    base = {**kept, "p": p, "share": share, "start": _start(p), "end": max(p.get("endDate", []), default="")}
    if schema in EDGES:
        links = _edge(schema, p, kinds)
        return (
            {**base, "item": "link", "links": links}
            if links
            else _bad(
                f"properties.{EDGES[schema].source}",
                "an end is missing, or names nothing of this file",
                entity,
            )
        )
    item, kind = NODES[schema]
    links, lost = _ties(schema, reference, p, kinds)
    uk = _UK.intersection(code.casefold() for name in ("jurisdiction", "country") for code in p.get(name, []))
    return {**base, "item": item, "kind": kind, "links": links, "lost": lost, "uk": "Y" if uk else ""}


def _properties(value: object) -> Properties:
    if not isinstance(value, dict):
        return {}
    return {name: _texts(given) for name, given in cast("dict[str, object]", value).items()}


def _texts(value: object) -> list[str]:
    given = cast("list[object]", value) if isinstance(value, list) else [value]
    return [str(item) for item in given if isinstance(item, (str, int, float)) and str(item).strip()]


def _start(p: Properties) -> str:
    return min(
        (value for name in ("startDate", "date", "listingDate") for value in p.get(name, [])), default=""
    )


def _edge(schema: str, p: Properties, kinds: KindIndex) -> list[dict[str, str]]:
    """The links of an edge: each source with each target; none where a type is not known."""
    edge = EDGES[schema]
    role = next(
        (value for name in ("role", "relationship", "controlType") for value in p.get(name, [])), edge.role
    )
    links = [
        _link(edge.type, role, (source, kinds.kind(source) or edge.expected[0]), (target, kinds.kind(target) or edge.expected[1]))
        for source in p.get(edge.source, [])
        for target in p.get(edge.target, [])
    ]  # fmt: skip
    return links if all(link["source_type"] and link["target_type"] for link in links) else []


def _ties(schema: str, node: str, p: Properties, kinds: KindIndex) -> tuple[list[dict[str, str]], list[str]]:
    """Links from a node's own properties, and the names of those that name nothing of this file."""
    links: list[dict[str, str]] = []
    lost: list[str] = []
    own = (node, NODES[schema][0])
    for name, values in p.items():
        tie = tie_of(schema, name)
        for value in values if tie.type else ():
            other = (value, kinds.kind(value) or tie.expected)
            if not other[1]:
                lost.append(name)
                continue
            links.append(_link(tie.type, tie.role, *((other, own) if tie.turned else (own, other))))
    return links, sorted(set(lost))


def _link(link_type: str, role: str, source: tuple[str, str], target: tuple[str, str]) -> dict[str, str]:
    return {
        "type": link_type,
        "role": role,
        "source": source[0],
        "source_type": source[1],
        "target": target[0],
        "target_type": target[1],
    }


def _bad(field: str, reason: str, entity: Entity) -> BadRow:
    return BadRow(field, reason, shortened(ascii(entity)))
