"""The command ``ocb``."""

from api.cli.main import main

__all__ = ["main"]
