"""Previews over the API: bounded, answered at once, and computed on what the caller may see. Nothing is loaded."""

import shutil
from pathlib import Path
from typing import BinaryIO

from api.errors import ProblemError
from api.ingest import service
from api.ingest.preview_schemas import PreviewAsked
from api.reading import Access
from graphcore.audit import Ask, Operation
from ingest.errors import IngestError
from ingest.preview import PreviewOrder, preview, shape
from ingest.registry import shipped_mappings


def of_inbox(access: Access, asked: PreviewAsked) -> dict[str, object]:
    """Preview a file of the inbox.

    Raises:
        ProblemError: there is no such file or source, or it cannot be looked at.
    """
    folder = access.services.settings.workspace
    path = service.in_inbox(folder, asked.name)
    mapping = service.in_inbox(folder, asked.mapping) if asked.mapping else None
    return _preview(access, PreviewOrder(path, asked.source, mapping, asked.rows, always_draft=asked.draft))


def of_upload(
    access: Access, file: BinaryIO, name: str, source: str, mapping: BinaryIO | None
) -> dict[str, object]:
    """Preview an upload, which is not kept.

    Raises:
        ProblemError: there is no such source, or the file cannot be looked at.
    """
    folder = access.services.settings.workspace
    kept: list[Path] = []
    try:
        kept.append(service.keep_upload(folder, file, name))
        if mapping is not None:
            kept.append(service.keep_upload(folder, mapping, "mapping.yaml"))
        return _preview(access, PreviewOrder(kept[0], source, kept[1] if len(kept) > 1 else None))
    finally:
        for path in kept:
            shutil.rmtree(path.parent, ignore_errors=True)


def _preview(access: Access, order: PreviewOrder) -> dict[str, object]:
    if order.source and order.mapping is None and order.source not in shipped_mappings():
        raise ProblemError(
            422, "source", "No such source, or it needs a mapping: see GET /v1/ingest/sources."
        )
    query: dict[str, object] = {"file": order.path.name, "source": order.source}
    entry = access.begin(Ask("ingest.preview", query, Operation.CONSULTATION))
    with access.heavy():
        try:
            answer = preview(access.services.workspace, access.context, order)
        except IngestError as error:
            raise ProblemError(422, "file", str(error)) from error
    entry.done(count=answer.records)
    return shape(answer)
