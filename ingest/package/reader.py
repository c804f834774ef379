"""Reads a report package: verified whole before a row of it is given; one row an item, holding its records ready made.

Origins keep the origin force's references. Names of its sources get the force's name before them, so that nothing it says
can speak in the name of a source of ours; only what this workspace signed itself keeps them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from graphcore.errors import ValueRefusedError
from graphcore.evidence import Lineage, Record
from ingest.errors import FileRefusedError
from ingest.mapping.compiler import Columns, JsonColumns, Row
from ingest.mapping.model import FileWords
from ingest.package.document import BYTES_MAX, Body, ItemPart, unseal
from ingest.package.keys import own_public, trusted
from ingest.package.records import record_of
from ingest.readers.base import BadRow, Rows

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ADVICE = "Ask the force that sent it for the file once more."


def open_rows(path: Path, file: str, section: FileWords) -> Rows:
    """A package as rows; see ``ingest.readers``."""
    del section
    if path.stat().st_size > BYTES_MAX:
        raise FileRefusedError(file, f"a package above {BYTES_MAX >> 20} MiB", "Ask for the report in parts.")
    try:
        body, signer = unseal(path.read_bytes())
    except ValueRefusedError as error:
        raise FileRefusedError(file, str(error), _ADVICE) from error
    return Package(file, body, signer)


def prefix_of(force: str) -> str:
    """What stands before the names of another force's sources."""
    return _NOT_WORD.sub("-", force.casefold()).strip("-")[:60] + "."


class Package:
    """See :class:`ingest.readers.base.Rows`. Gives rows only once it is bound to a workspace that trusts its signer."""

    def __init__(self, label: str, body: Body, signer: str) -> None:
        self.label = label
        self.total = len(body.items)
        self.notes: tuple[str, ...] = ()
        self._body, self._signer = body, signer
        self._records: list[list[Record]] | None = None

    def bind(self, workspace: Path | None) -> None:
        """Check the signer against the workspace's trusted keys, and make the records.

        Raises:
            FileRefusedError: an unknown signer, a key of another force, or records that cannot be.
        """
        if workspace is None:
            raise FileRefusedError(
                self.label, "a package can be read only into a workspace", "Load it there."
            )
        try:
            prefix = "" if self._signer == own_public(workspace) else self._trusted(workspace)
            self._records = [
                self._item(at, item, prefix) for at, item in enumerate(self._body.items, start=1)
            ]
        except ValueRefusedError as error:
            raise FileRefusedError(self.label, str(error), _ADVICE) from error

    def _trusted(self, workspace: Path) -> str:
        force = trusted(workspace).get(self._signer)
        if force is None:
            raise FileRefusedError(
                self.label,
                "nobody here trusts the key that signed it",
                "Compare the key with the force by another way, then: ocb ingest package trust KEY --force NAME.",
            )
        if force != self._body.force:
            raise FileRefusedError(
                self.label, "it was signed with a key that is trusted for another force", "Ask both forces."
            )
        return prefix_of(force)

    def _item(self, at: int, item: ItemPart, prefix: str) -> list[Record]:
        lineage = Lineage(self.label, at)
        parts = (*item.document, *item.subjects, *item.links)
        if any(part.originator != self._body.force for part in parts):
            raise ValueRefusedError("it holds records of another originator than the force that signed it")
        return [record_of(part, lineage, prefix) for part in parts]

    def columns(self) -> Columns:
        """See the port."""
        return JsonColumns()

    def rows(self) -> Iterator[Row | BadRow]:
        """See the port."""
        if self._records is None:
            raise FileRefusedError(self.label, "it was not verified", "Load it into a workspace.")
        for item, records in zip(self._body.items, self._records, strict=True):
            yield {"item": item.reference, "records": records}

    def advice(self) -> str:
        """See the port."""
        return _ADVICE

    def close(self) -> None:
        """See the port."""
