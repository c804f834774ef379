"""Cleaners: from the text a source gives to the one written form that the platform keeps."""

from ingest.clean.base import Cleaner, CleanSettings
from ingest.clean.cleaners import CLEANERS, default_cleaner, is_cleaner, make_cleaner
from ingest.clean.flags import flags

__all__ = ["CLEANERS", "CleanSettings", "Cleaner", "default_cleaner", "flags", "is_cleaner", "make_cleaner"]
