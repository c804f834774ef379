"""What pydantic cannot see: a mapping against the schema, the cleaners and itself. Collects every fault."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graphcore.schema.loader import EntitySpec, LinkSpec, Schema, load_schema
from ingest.forms import BUILT_IN, FORMS
from ingest.mapping.check_evidence import code_faults
from ingest.mapping.check_series import series_faults
from ingest.mapping.check_values import ValueChecks
from ingest.mapping.model import (
    EndWords,
    EntityWords,
    EvidenceWords,
    FileWords,
    LinkWords,
    MappingWords,
    MentionWords,
    ReadingWords,
    RepeatWords,
    Statements,
)
from ingest.mapping.yaml_text import Path
from ingest.mentions import Kind

Fault = tuple[Path, str]
_ONLY = {
    "delimiter": ("csv", "auto"),
    "header": ("csv", "auto"),
    "columns": ("fixed",),
    "skip_rows": ("csv", "xlsx", "fixed", "auto"),
    "footer": ("csv", "xlsx", "auto"),
    "encoding": ("csv", "jsonl", "fixed", "auto", *FORMS),
    "items": ("json", *FORMS),
    "sheet": ("xlsx", "auto"),
}


def check(words: MappingWords) -> list[Fault]:
    """Every fault of ``words`` that a rule outside its own form finds, with its path."""
    run = _Check(load_schema(), ValueChecks(words.lookups))
    run.reading(words, ())
    for at, section in enumerate(words.files):
        run.section(section, ("files", at))
    return [*run.faults, *run.values.faults]


@dataclass(slots=True)
class _Check:
    schema: Schema
    values: ValueChecks
    faults: list[Fault] = field(default_factory=list[Fault])

    def reading(self, words: ReadingWords, path: Path) -> None:
        if words.timezone is not None:
            try:
                ZoneInfo(words.timezone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                self.faults.append(((*path, "timezone"), "is no time zone (for example Europe/London)"))
        self.evidence(words, path)

    def section(self, section: FileWords, path: Path) -> None:
        self.reading(section, path)
        if section.format not in (*BUILT_IN, *FORMS):
            known = ", ".join((*BUILT_IN, *sorted(FORMS)))
            self.faults.append(((*path, "format"), f"no format {section.format!r}: there are {known}"))
        for word, formats in _ONLY.items():
            if word in section.model_fields_set and section.format not in formats:
                self.faults.append(((*path, word), f"says nothing about format {section.format}"))
        if section.skip_rows == "to_header" and (section.header is not None or not section.required):
            self.faults.append(
                (
                    (*path, "skip_rows"),
                    "to_header looks for the required columns: list them, and give no header",
                )
            )
        if section.format == "fixed":
            self.fixed(section, path)
        if section.records is not None and section.format != "package":
            self.faults.append(
                ((*path, "records"), "is for format package: other rows hold no records ready made")
            )
        if not (section.entities or section.links or section.repeat or section.records):
            self.faults.append((path, "states nothing: give entities, links or repeat"))
        self.values.condition(section.when, (*path, "when"))
        self.statements(section, {}, path)
        for at, repeat in enumerate(section.repeat):
            self.repeat(repeat, section, (*path, "repeat", at))

    def fixed(self, section: FileWords, path: Path) -> None:
        names = [column.name for column in section.columns]
        if not names:
            self.faults.append((path, "format fixed needs columns: [{name: .., from: .., to: ..}]"))
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.faults.append(((*path, "columns"), f"two columns are named {name!r}"))
        if section.skip_rows == "to_header":
            self.faults.append(((*path, "skip_rows"), "format fixed has no header to look for"))

    def repeat(self, repeat: RepeatWords, section: FileWords, path: Path) -> None:
        for name in sorted(set(repeat.entities) & set(section.entities)):
            self.faults.append(((*path, "entities", name), "is the name of an entity of the section too"))
        self.statements(repeat, dict(section.entities), path)

    def statements(self, words: Statements, outer: dict[str, EntityWords], path: Path) -> None:
        for name, entity in words.entities.items():
            self.entity(entity, (*path, "entities", name))
        entities = outer | dict(words.entities)
        for at, link in enumerate(words.links):
            self.link(link, entities, (*path, "links", at))
        for at, mention in enumerate(words.mentions):
            self.mention(mention, entities, (*path, "mentions", at))

    def mention(self, words: MentionWords, entities: dict[str, EntityWords], path: Path) -> None:
        spec = entities.get(words.in_)
        if spec is None:
            self.faults.append(((*path, "in"), f"no entity {words.in_!r} in this section"))
        elif spec.type in self.schema.entities and spec.type not in self.schema.links["MENTIONS"].source:
            self.faults.append(
                ((*path, "in"), f"a {spec.type} mentions nothing: a Document or an Event does")
            )
        for kind in sorted(set(words.kinds or ()) - set(Kind)):
            self.faults.append(
                ((*path, "kinds"), f"no kind {kind!r} of mention: there are {', '.join(Kind)}")
            )

    def entity(self, words: EntityWords, path: Path) -> None:
        self.evidence(words, path)
        self.values.condition(words.when, (*path, "when"))
        self.values.value(words.key, "identifier", (*path, "key"), named="key")
        spec = self.schema.entities.get(words.type)
        if spec is None:
            self.faults.append(((*path, "type"), f"no entity type {words.type!r}"))
            return
        self.kind(words, spec, path)
        for name, value in words.properties.items():
            value_type = spec.properties.get(name)
            if value_type is None:
                self.faults.append(((*path, "properties", name), f"{spec.name} has no property {name!r}"))
            else:
                self.values.value(value, value_type, (*path, "properties", name))

    def kind(self, words: EntityWords, spec: EntitySpec, path: Path) -> None:
        if words.kind is None:
            return
        if not isinstance(words.kind, str):
            self.values.words(words.kind, spec.kinds, (*path, "kind"))
        elif words.kind not in spec.kinds:
            self.faults.append(
                (
                    (*path, "kind"),
                    f"{spec.name} has no kind {words.kind!r} (it has {', '.join(spec.kinds) or 'none'})",
                )
            )

    def link(self, words: LinkWords, entities: dict[str, EntityWords], path: Path) -> None:
        self.evidence(words, path)
        self.values.condition(words.when, (*path, "when"))
        sources = self.end(words.source, entities, (*path, "source"))
        targets = self.end(words.target, entities, (*path, "target"))
        for name in ("reference", "valid_from", "valid_to"):
            value = getattr(words, name)
            if value is not None:
                self.values.value(
                    value, "timestamp" if name != "reference" else "identifier", (*path, name), named=name
                )
        spec = self.schema.links.get(words.type)
        if spec is None:
            self.faults.append(((*path, "type"), f"no link type {words.type!r}"))
            return
        if words.series is not None:
            self.faults += series_faults(words, words.series, spec, self.values, path)
        if words.ends is None:
            self.faults += [((*path, "type"), fault) for fault in _not_allowed(spec, sources, targets)]
        for name, value in words.properties.items():
            value_type = spec.properties.get(name)
            if value_type is None:
                self.faults.append(((*path, "properties", name), f"{spec.name} has no property {name!r}"))
            else:
                self.values.value(value, value_type, (*path, "properties", name))

    def end(self, end: list[str] | EndWords, entities: dict[str, EntityWords], path: Path) -> list[str]:
        """The types that stand at this end (those that the schema knows)."""
        if isinstance(end, list):
            self.faults += [
                (path, f"no entity {name!r} in this section") for name in end if name not in entities
            ]
            named = [entities[name].type for name in end if name in entities]
        else:
            self.values.value(end.key, "identifier", (*path, "key"), named="key")
            named = [end.type] if end.type is not None else list(end.types or ())
            self.faults += [
                (path, f"no entity type {name!r}") for name in named if name not in self.schema.entities
            ]
        return [name for name in named if name in self.schema.entities]

    def evidence(self, words: EvidenceWords, path: Path) -> None:
        for name in ("marking", "compartment", "originator", "known_at"):
            value = getattr(words, name)
            if value is not None:
                self.values.value(
                    value, "timestamp" if name == "known_at" else "text", (*path, name), named=name
                )
        if words.grading is not None:
            for name in ("source", "intelligence", "code"):
                part = getattr(words.grading, name)
                if part is not None:
                    self.values.value(part, "text", (*path, "grading", name))
        self.faults += code_faults(words, path)
        if words.handling is not None:
            self.values.value(words.handling.code, "text", (*path, "handling", "code"))
            if words.handling.conditions is not None:
                self.values.value(words.handling.conditions, "text", (*path, "handling", "conditions"))


def _not_allowed(spec: LinkSpec, sources: list[str], targets: list[str]) -> list[str]:
    return [
        f"{spec.name} does not run from {source} to {target} (ends: any takes it all the same)"
        for source in sources
        for target in targets
        if not spec.allows(source, target)
    ]
