"""The sources that ship with the platform, and how a load finds its mapping."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from ingest.errors import MappingError, UnknownSourceError
from ingest.mapping.model import MappingWords
from ingest.mapping.read import read_mapping

TABLE = "table"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One source: a folder of ``ingest.sources`` with mapping.yaml, README.md and sample; ``table`` alone brings none."""

    name: str
    own_mapping: bool = True

    @property
    def folder(self) -> Traversable:
        """Its folder."""
        return files("ingest.sources") / self.name

    @property
    def mapping(self) -> Traversable:
        """Its mapping file."""
        return self.folder / "mapping.yaml"

    @property
    def variants(self) -> Mapping[str, Traversable]:
        """Its mappings for other suppliers' layouts by name: ``variants/NAME.yaml``, given with --mapping."""
        folder = self.folder / "variants"
        found = (
            [place for place in folder.iterdir() if place.name.endswith(".yaml")] if folder.is_dir() else []
        )
        return {
            place.name.removesuffix(".yaml"): place for place in sorted(found, key=lambda place: place.name)
        }

    @property
    def description(self) -> str:
        """What it reads: the title of its mapping, which is its second line."""
        if not self.own_mapping:
            return "any delimited text, JSON, JSON lines, XLSX or Parquet, with a mapping of your own"
        second = self.mapping.read_text(encoding="utf-8").splitlines()[1]
        return second.removeprefix("title:").strip()


def _discovered() -> Mapping[str, SourceSpec]:
    """A source is there because its folder is: nothing else has to be told of it."""
    folders = [folder for folder in files("ingest.sources").iterdir() if (folder / "mapping.yaml").is_file()]
    specs = {folder.name: SourceSpec(folder.name) for folder in folders}
    specs[TABLE] = SourceSpec(TABLE, own_mapping=False)
    return MappingProxyType(dict(sorted(specs.items())))


SOURCES: Mapping[str, SourceSpec] = _discovered()


def shipped_mappings() -> dict[str, Traversable]:
    """Every mapping that ships with the platform: ``source``, and ``source/variant``."""
    found: dict[str, Traversable] = {}
    for name, spec in SOURCES.items():
        if spec.own_mapping:
            found[name] = spec.mapping
            found |= {f"{name}/{variant}": place for variant, place in spec.variants.items()}
    return found


def choose_mapping(source: str, mapping: Path | None) -> tuple[MappingWords, str]:
    """The mapping of a load, and the name under which its records' origins are kept.

    ``--source NAME`` names the origin, but for ``table``, where the mapping does.

    Raises:
        UnknownSourceError: no such source and no mapping, or ``table`` without one.
        MappingError: the mapping has faults, or names another source.
    """
    spec = SOURCES.get(source)
    if mapping is None:
        if spec is None:
            known = ", ".join(SOURCES)
            raise UnknownSourceError(
                f"no source {source!r}: there are {known}; or give a mapping file of your own"
            )
        if not spec.own_mapping:
            raise UnknownSourceError(f"the source {source} needs a mapping file: give one with --mapping")
        return read_mapping(spec.mapping), source
    words = read_mapping(mapping)
    if source == TABLE:
        if words.source is None and any(section.source is None for section in words.files):
            raise MappingError(mapping.name, ["source is missing: name the origin of the records"])
        return words, words.source or TABLE
    if words.source not in (None, source):
        raise MappingError(
            mapping.name, [f"its source is {words.source!r}, not {source!r}: name that one, or table"]
        )
    return words, source
