"""Preview of a load: guesses, the fitting source or a draft, and what would be new, the same, changed or refused."""

from ingest.preview.model import Preview
from ingest.preview.run import DRAFT, ROWS, PreviewOrder, preview
from ingest.preview.shape import shape

__all__ = ["DRAFT", "ROWS", "Preview", "PreviewOrder", "preview", "shape"]
