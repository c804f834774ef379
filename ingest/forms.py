"""Formats that need a reader of their own: the word of a mapping's ``format``, and the module that reads it.

Such a module has ``open_rows(path, file, section)``, which gives :class:`ingest.readers.base.Rows` as the built-in readers
do. It is imported when a file of its format is opened, so that a load pays only for what it reads.
"""

from collections.abc import Mapping
from types import MappingProxyType

BUILT_IN = ("csv", "json", "jsonl", "xlsx", "parquet", "fixed", "auto")
FORMS: Mapping[str, str] = MappingProxyType(
    {
        "mail": "ingest.sources.email.reader",
        "ufed": "ingest.sources.handset.reader",
        "bank_statement": "ingest.sources.bank.reader",
        "chats": "ingest.sources.messages.reader",
        "bods": "ingest.sources.bods.reader",
        "ch_fixed": "ingest.sources.officers.reader",
        "ftm": "ingest.sources.ftm.reader",
        "graphml": "ingest.sources.graphml.reader",
        "stix": "ingest.sources.stix.reader",
        "package": "ingest.package.reader",
        "surveillance": "ingest.sources.surveillance.reader",
        "reports": "ingest.sources.intelligence_reports.reader",
    }
)
