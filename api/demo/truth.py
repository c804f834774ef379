"""The planted truth beside the demo's files, and how its names become the uids that a view gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from graphcore.evidence.ledger import EvidenceView
from graphcore.store.port import GraphView


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was planted, in words, and what the platform answers."""

    name: str
    planted: str
    found: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """``truth.json`` with look-ups through one reader's views."""

    content: Mapping[str, Any]
    view: GraphView
    evidence: EvidenceView

    @classmethod
    def read(cls, folder: Path, view: GraphView, evidence: EvidenceView) -> "Truth":
        """The truth of a generated demo folder."""
        return cls(orjson.loads((folder / "truth.json").read_bytes()), view, evidence)

    @property
    def planted(self) -> Mapping[str, Any]:
        """What was planted, by name."""
        return self.content["planted"]

    def group(self, number: str) -> Mapping[str, Any]:
        """One planted organised crime group."""
        return next(group for group in self.content["groups"] if group["id"] == number)

    def uids(self, entity_type: str, references: Iterable[str]) -> set[str]:
        """Entities that any source calls by one of the references."""
        return {uid for reference in references for uid in self.evidence.uid_of(entity_type, reference)}

    def person(self, number: str) -> set[str]:
        """Entities that hold a record of one planted person (one, where identity did its work)."""
        return {
            uid
            for record in self._records().get(number, ())
            for uid in self.evidence.uid_of("Person", record.partition(":")[2], record.partition(":")[0])
        }

    def _records(self) -> Mapping[str, list[str]]:
        members = {
            member["person"]: member["records"]
            for group in self.content["groups"]
            for member in group["members"]
        }
        return members | {number: known["records"] for number, known in self.content["people"].items()}

    def business(self, number: str) -> str:
        """The entity of one company number ("" where there is none)."""
        return min(self.uids("Business", [number]), default="")
