"""Data markings of a STIX bundle as a protective marking and a handling code: never more open than what was received.

The Traffic Light Protocol is no protective marking. What it lets circulate freely is held as OFFICIAL, the rest as
OFFICIAL-SENSITIVE; what it keeps to named recipients needs its originator's permission. An object whose marking is
missing, not understood or not a traffic light is held like the strictest.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from ingest.mapping.compiler import Row
from ingest.readers.base import BadRow

_FIXED: Mapping[str, str] = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "white",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}
_ORDER = ("clear", "white", "green", "amber", "amber+strict", "unknown", "red", "secret")
_LIGHTS = ("clear", "white", "green", "amber", "amber+strict", "red")
_SECRET = re.compile(r"\b(TOP[ _-]?)?SECRET\b", re.IGNORECASE)
_MARKINGS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Held:
    """How an object is held. ``label``: the strictest marking found, as received."""

    label: str
    marking: str
    code: str
    conditions: str


class Markings:
    """The marking definitions of one bundle."""

    def __init__(self, rows: Iterator[Row | BadRow]) -> None:
        """Note the definitions among ``rows``; at most 100,000, those beyond count as unknown."""
        self._labels = dict(_FIXED)
        for row in rows:
            if isinstance(row, dict) and len(self._labels) < _MARKINGS_MAX:
                found = cast("Mapping[str, object]", row)
                reference = found.get("id")
                if found.get("type") == "marking-definition" and isinstance(reference, str):
                    self._labels.setdefault(reference, _label(found))

    def held(self, item: Mapping[str, object]) -> Held:
        """How ``item`` is held: by the strictest of its markings, those of its parts among them."""
        references = _references(item)
        labels = [self._labels.get(reference, "unknown") for reference in references] or ["unknown"]
        strictest = max(labels, key=_ORDER.index)
        if strictest == "secret":
            return Held("secret", "SECRET", "C", "A1")
        if strictest in ("clear", "white", "green"):
            return Held(strictest, "OFFICIAL", "P", "")
        if strictest == "amber":
            return Held(strictest, "OFFICIAL-SENSITIVE", "P", "")
        return Held(strictest, "OFFICIAL-SENSITIVE", "C", "A1")


def _label(found: Mapping[str, object]) -> str:
    texts = [found.get("name"), *_object(found.get("definition")).values()]
    # traffic lights of version 2 stand in an extension
    texts += [value for part in _object(found.get("extensions")).values() for value in _object(part).values()]
    words = [text for text in texts if isinstance(text, str)]
    if any(_SECRET.search(word) for word in words):
        return "secret"
    lights = [word.casefold().removeprefix("tlp:").strip() for word in words]
    return next((light for light in lights if light in _LIGHTS), "unknown")


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _references(item: Mapping[str, object]) -> list[str]:
    found = _texts(item.get("object_marking_refs"))
    granular = item.get("granular_markings")
    for part in cast("list[object]", granular) if isinstance(granular, list) else []:
        reference = _object(part).get("marking_ref")
        found += [reference] if isinstance(reference, str) else []
    return found


def _texts(value: object) -> list[str]:
    """The texts of a list; anything else in it counts as a marking that is not known."""
    if value is None:
        return []
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else "" for item in listed]
