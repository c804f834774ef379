"""What a person does after a load: look at refused rows, correct them, try them again, replace a whole batch."""

from ingest.repair.corrections import corrected_rows, corrections_from, headers_of, set_fields
from ingest.repair.export import ExportForm, as_text, write_rows
from ingest.repair.replace import Replaced, Replacement, replace_batch
from ingest.repair.retry import Retry, RetrySummary, retry

__all__ = [
    "ExportForm", "Replaced", "Replacement", "Retry", "RetrySummary", "as_text", "corrected_rows", "corrections_from",
    "headers_of", "replace_batch", "retry", "set_fields", "write_rows",
]  # fmt: skip
