"""The source register in ingest: its file, and what a load takes from it where mapping and row say nothing."""

from ingest.register.defaults import Registered, with_register
from ingest.register.words import RegisterFile, read_register

__all__ = ["RegisterFile", "Registered", "read_register", "with_register"]
