"""A suggestion: characters of a document's text that look like a name. It is no entity until a person says so."""

from dataclasses import dataclass
from enum import StrEnum


class SuggestionState(StrEnum):
    """Where a suggestion stands: nobody looked yet, it became an entity, it was joined to one, or it is no name."""

    OPEN = "open"
    ACCEPTED = "accepted"
    LINKED = "linked"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a reader of text found: characters ``first`` to ``last`` of ``field``, as received; ``kind`` "" is unsaid.

    ``excerpt``: a few words around, for the person who judges.
    """

    field: str
    kind: str
    label: str
    first: int
    last: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """One suggestion as a person may read it; ``rid`` is the record that says the text."""

    suggestion_id: str
    number: int
    rid: str
    source: str
    document: str
    field: str
    kind: str
    label: str
    first: int
    last: int
    excerpt: str
    state: SuggestionState
    decided_by: str
    decided_at: str
    reason: str
