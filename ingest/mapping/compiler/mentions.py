"""What free text mentions, as a function that adds records to those of a row.

Whatever is found stands under the evidence of the document (or event) that says it: its label, grading and lineage.
"""

from dataclasses import replace

from graphcore.evidence import EntityRecord, LinkRecord, OriginRef, Record
from graphcore.evidence.suggestion import Suggested
from graphcore.model import Value
from ingest.mapping.compiler.columns import Columns, Row, as_text
from ingest.mapping.compiler.statements import Made, State
from ingest.mapping.model import MentionWords
from ingest.mentions import KINDS, Kind, Mention, NameFound, find_mentions, find_names
from ingest.mentions.kinds import properties_of

_AROUND = 60


def compile_mentions(words: MentionWords, source: str, columns: Columns) -> State:
    """The function for one ``mentions``; a row that does not state the document mentions nothing."""
    texts = [(name, columns.getter(name)) for name in words.text]
    kinds = frozenset(map(Kind, words.kinds)) if words.kinds is not None else frozenset(Kind)
    inside, names = words.in_, words.names

    def state(row: Row, number: int, out: list[Record], made: Made) -> None:
        del number
        found_at = _document(out, made.get(inside))
        if found_at is None:
            return
        at, document = found_at
        said: set[OriginRef] = set()
        suggested: list[Suggested] = []
        for field, get in texts:
            text = as_text(get(row))
            found = find_mentions(text) if text else ()
            for mention in found:
                origin = OriginRef(source, KINDS[mention.kind].type, mention.value)
                if mention.kind in kinds and origin not in said:
                    said.add(origin)
                    out += _state(document, origin, mention, {field: text[mention.start : mention.end]})
            if names and text:
                suggested += _suggested(find_names(text), found, field, text)
        if suggested:
            out[at] = replace(document, suggestions=(*document.suggestions, *suggested))

    return state


def _document(out: list[Record], origin: OriginRef | None) -> tuple[int, EntityRecord] | None:
    """The record of the document, the last that speaks of it, and its place."""
    for at in range(len(out) - 1, -1, -1):
        record = out[at]
        if isinstance(record, EntityRecord) and record.origin == origin:
            return at, record
    return None


def _state(
    document: EntityRecord, origin: OriginRef, mention: Mention, as_written: dict[str, Value]
) -> list[Record]:
    evidence = replace(document.evidence, original=as_written)
    return [
        EntityRecord(origin, KINDS[mention.kind].kind, properties_of(mention), evidence),
        LinkRecord(origin.source, "MENTIONS", document.origin, origin, "", {}, evidence),
    ]


def _suggested(
    names: tuple[NameFound, ...], mentions: tuple[Mention, ...], field: str, text: str
) -> list[Suggested]:
    """Names that no identifier overlaps, each label once a text."""
    kept: dict[tuple[str, str], Suggested] = {}
    for name in names:
        if any(name.start < mention.end and mention.start < name.end for mention in mentions):
            continue
        around = " ".join(text[max(0, name.start - _AROUND) : name.end + _AROUND].split())
        kept.setdefault(
            (name.kind, name.label.casefold()),
            Suggested(field, name.kind, name.label, name.start, name.end, around),
        )
    return list(kept.values())
