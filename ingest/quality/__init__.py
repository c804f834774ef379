"""How good a batch is: what is missing, damaged, unlikely or twice in it, and which time it covers."""

from ingest.quality.report import QualityReport, quality_of

__all__ = ["QualityReport", "quality_of"]
