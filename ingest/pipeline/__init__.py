"""The way of a file into the ledger: plan, prepare, load."""

from ingest.pipeline.run import load
from ingest.pipeline.summary import Cancel, LoadSummary, Progress

__all__ = ["Cancel", "LoadSummary", "Progress", "load"]
