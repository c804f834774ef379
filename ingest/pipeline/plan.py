"""Which files a load reads, in which order, by which sections of the mapping. Nothing is read here but archives."""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.errors import FileRefusedError
from ingest.mapping.model import FileWords, MappingWords
from ingest.readers import ArchiveLimits, unpacked

_ARCHIVES = (".zip", ".gz")
_ADVICE = "Rename it, correct match in the mapping, or give another file."


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file, and the sections that read it in order."""

    path: Path
    name: str
    sections: tuple[FileWords, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Files in the order of the mapping's sections, then of their names; ``ignored`` matched no section."""

    files: tuple[PlannedFile, ...]
    ignored: tuple[str, ...]


def plan_files(path: Path, words: MappingWords, held: ExitStack) -> Plan:
    """Find the files of a load; archives are unpacked into folders that live as long as ``held``.

    Raises:
        FileRefusedError: there is nothing to read, or an archive is refused.
    """
    if not path.exists():
        raise FileRefusedError(path.name, "there is no such file or folder", "Check the path.")
    candidates = _candidates(path, held, ArchiveLimits(total=words.unpack_gib << 30))
    if len(candidates) == 1 and len(words.files) == 1 and not path.is_dir():
        return Plan((PlannedFile(candidates[0], candidates[0].name, (words.files[0],)),), ())
    found: list[tuple[int, str, PlannedFile]] = []
    ignored: list[str] = []
    for candidate in candidates:
        matching = [at for at, section in enumerate(words.files) if _matches(section, candidate.name)]
        if matching:
            sections = tuple(words.files[at] for at in matching)
            found.append((matching[0], candidate.name, PlannedFile(candidate, candidate.name, sections)))
        else:
            ignored.append(candidate.name)
    if not found:
        patterns = ", ".join(dict.fromkeys(pattern for section in words.files for pattern in section.match))
        raise FileRefusedError(
            path.name, f"no file here has a name that the mapping knows ({patterns})", _ADVICE
        )
    ordered = sorted(found, key=lambda item: (item[0], item[1]))
    return Plan(tuple(file for _, _, file in ordered), tuple(sorted(ignored)))


def mapping_identity(words: MappingWords) -> str:
    """A hash of what a mapping says (not of its comments): part of what makes two loads the same load."""
    return hashlib.blake2b(repr(words).encode(), digest_size=16).hexdigest()


def _candidates(path: Path, held: ExitStack, limits: ArchiveLimits) -> list[Path]:
    files = [path]
    if path.is_dir():
        files = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith(".")]
    found: list[Path] = []
    for file in files:
        if file.suffix.lower() in _ARCHIVES:
            folder = held.enter_context(unpacked(file, limits))
            found += sorted(folder.iterdir())
        else:
            found.append(file)
    return _named_once(found)


def _named_once(files: Sequence[Path]) -> list[Path]:
    seen: set[str] = set()
    for file in files:
        if file.name in seen:
            raise FileRefusedError(file.name, "two files of this name in one load", "Load them one by one.")
        seen.add(file.name)
    return list(files)


def _matches(section: FileWords, name: str) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in section.match)
