"""Checks that compare all of a batch: shared things, repeated references, amounts far from the others.

Each keeps numbers of 8 bytes a record (hashes, amounts, rows) and no text, so that ten million records need some hundred
megabytes, whatever they say. Two things of one hash would be taken for one: less than once in a billion loads of a million.
"""

import hashlib
from array import array
from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray

from graphcore.evidence.ledger import RecordView
from graphcore.evidence.ledger.batch_events import Joined
from graphcore.schema import SCHEMA
from ingest.quality.findings import EXAMPLES, Place, Unlikely

SHARED_BY = 5
FAR = 8.0  # times the scaled median distance from the median, of the logarithm
FEW = 20  # amounts below which nothing is said
PEOPLE = frozenset({"Person", "Business"})
SHARED = ("Phone", "Location", "Address", "Account", "Wallet", "Email", "Device")
PASSING = frozenset({"SEEN_AT"})  # many pass by; few have
Numbers = NDArray[np.uint64]


def hashed(*parts: object) -> int:
    """64 bits of a keyless hash; used within one report and never shown."""
    raw = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")


def shared_links() -> dict[str, str]:
    """Link types that tie a person or business to something that few should share, with the type of that thing."""
    found: dict[str, str] = {}
    for name, spec in SCHEMA.links.items():
        ends = [end for end in spec.target if end in SHARED]
        alike = len(ends) == len(spec.target) and PEOPLE & {*spec.source}
        if ends and alike and name not in PASSING:
            found[name] = ends[0]
    return found


@dataclass(slots=True)
class _Rows:
    """Numbers with the rows that they come from."""

    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    others: "array[int]" = field(default_factory=lambda: array("Q"))
    rows: "array[int]" = field(default_factory=lambda: array("Q"))
    files: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, key: int, other: int, file: str, row: int) -> None:
        self.keys.append(key)
        self.others.append(other)
        self.rows.append(self.files.setdefault(file, len(self.files)) << 40 | row)

    def places(self, at: NDArray[np.int64]) -> tuple[Place, ...]:
        names = [*self.files]
        packed = sorted({self.rows[int(one)] for one in at[: EXAMPLES * 4]})
        return tuple(Place(names[one >> 40], one & ((1 << 40) - 1)) for one in packed[:EXAMPLES])


class Shared:
    """Things that more than :data:`SHARED_BY` people or businesses of the batch have."""

    def __init__(self) -> None:
        self._found: dict[str, _Rows] = {}

    def see(self, link: Joined, what: str) -> None:
        """One link from somebody to such a thing."""
        self._found.setdefault(what, _Rows()).add(
            hashed(link.target), hashed(link.source), link.file, link.row
        )

    def found(self) -> list[Unlikely]:
        """By type of thing."""
        said: list[Unlikely] = []
        for what, rows in sorted(self._found.items()):
            pairs = np.unique(np.stack([_numbers(rows.keys), _numbers(rows.others)], axis=1), axis=0)
            things, counts = np.unique(pairs[:, 0], return_counts=True)
            many = things[counts > SHARED_BY]
            if len(many):
                at = np.flatnonzero(np.isin(_numbers(rows.keys), many))
                title = f"shared by more than {SHARED_BY} people or businesses"
                said.append(Unlikely(title, what, len(many), len(things), rows.places(at)))
        return said


class Repeats:
    """The same reference with other content, and the same content under another reference."""

    def __init__(self) -> None:
        self._references: dict[str, _Rows] = {}
        self._contents: dict[str, _Rows] = {}

    def see(self, record: RecordView) -> None:
        """Look at a record of an entity."""
        if record.kind != "entity":
            return
        reference, content = hashed(record.source, record.reference), hashed(record.properties)
        place = record.file, record.row
        self._references.setdefault(record.type, _Rows()).add(reference, content, *place)
        if (
            len(record.properties) > 1
        ):  # one value alone (a number, a name) is what makes two things alike by chance
            self._contents.setdefault(record.type, _Rows()).add(content, reference, *place)

    def found(self) -> list[Unlikely]:
        """By check and type; counted in references, or in contents."""
        checks = (
            ("same reference, other content", self._references),
            ("same content under another reference: probably the same row twice", self._contents),
        )
        return [
            one
            for title, by_type in checks
            for of_type, rows in sorted(by_type.items())
            if (one := _several(title, of_type, rows)) is not None
        ]


def _several(title: str, of_type: str, rows: _Rows) -> Unlikely | None:
    """Keys that stand with more than one other."""
    pairs = np.unique(np.stack([_numbers(rows.keys), _numbers(rows.others)], axis=1), axis=0)
    keys, counts = np.unique(pairs[:, 0], return_counts=True)
    many = keys[counts > 1]
    if not len(many):
        return None
    at = np.flatnonzero(np.isin(_numbers(rows.keys), many))
    return Unlikely(title, of_type, len(many), len(keys), rows.places(at))


class Amounts:
    """Amounts far from the others of their kind, by the median of distances from the median, on a logarithmic scale."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[array[float], _Rows]] = {}

    def see(self, record: RecordView) -> None:
        """Look at the amounts of a record."""
        for name in ("amount_pence", "amount"):
            for value in record.properties.get(name, ()):
                if isinstance(value, int | float):
                    values, rows = self._found.setdefault(f"{record.type}.{name}", (array("d"), _Rows()))
                    values.append(abs(value))
                    rows.add(0, 0, record.file, record.row)

    def found(self) -> list[Unlikely]:
        """By type and property."""
        said: list[Unlikely] = []
        for about, (values, rows) in sorted(self._found.items()):
            scaled = np.log1p(np.frombuffer(values, np.float64))
            middle = np.median(scaled)
            spread = 1.4826 * np.median(np.abs(scaled - middle))
            if len(scaled) < FEW or spread == 0:
                continue
            at = np.flatnonzero(np.abs(scaled - middle) > FAR * spread)
            if len(at):
                title = "amount far from the others of its kind"
                said.append(Unlikely(title, about, len(at), len(scaled), rows.places(at)))
        return said


def _numbers(found: "array[int]") -> Numbers:
    return np.frombuffer(found, np.uint64)
