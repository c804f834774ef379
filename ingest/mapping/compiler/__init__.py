"""Turns checked mapping words into functions from a row to records, once a file."""

from ingest.mapping.compiler.columns import Columns, JsonColumns, Row, TextColumns
from ingest.mapping.compiler.context import LoadContext, TypeIndex, Warnings
from ingest.mapping.compiler.section import MapRow, SectionCompiler, wanted_types

__all__ = [
    "Columns", "JsonColumns", "LoadContext", "MapRow", "Row", "SectionCompiler", "TextColumns", "TypeIndex", "Warnings",
    "wanted_types",
]  # fmt: skip
