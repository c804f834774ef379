"""What free text mentions: identifiers by rule, and names as suggestions for a person. No name ever becomes an entity here."""

from ingest.mentions.find import MENTIONS_MAX, TEXT_MAX, find_mentions
from ingest.mentions.kinds import KINDS, Kind, Mention, NameFound
from ingest.mentions.names import find_names

__all__ = ["KINDS", "MENTIONS_MAX", "TEXT_MAX", "Kind", "Mention", "NameFound", "find_mentions", "find_names"]
