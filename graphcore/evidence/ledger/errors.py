"""Errors of the ledger. Each message names the file or the batch, and what to do next.

LedgerError (graphcore.errors)
├── LedgerBusyError      (Transient) another process has been writing for longer than the busy timeout
├── LedgerDamagedError   the file is not a ledger, or SQLite finds it malformed
├── LedgerVersionError   the file was written by a newer version of this program
├── DoneBeforeError      a change that was made before, so that there is nothing left to do
└── UnknownKeyError      a batch, origin or decision that the ledger does not hold
"""

from graphcore.errors import LedgerError, Transient


class LedgerBusyError(LedgerError, Transient):
    """Somebody else holds the write lock."""


class LedgerDamagedError(LedgerError):
    """The ledger's file cannot be read as a ledger."""


class LedgerVersionError(LedgerError):
    """The ledger's tables are newer than this program."""


class UnknownKeyError(LedgerError):
    """Something asked for by its id is not there."""


class DoneBeforeError(LedgerError):
    """What was asked for has been done already."""
