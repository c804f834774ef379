"""A covert workspace: one that joins the open one, which is never told. Start with ``pull.py``."""

from graphcore.covert.create import create
from graphcore.covert.opened import open_ledger
from graphcore.covert.pull import Pulled, pull

__all__ = ["Pulled", "create", "open_ledger", "pull"]
