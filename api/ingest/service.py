"""Loads as jobs. Files come from the inbox of the workspace or by upload; no path of the caller's is ever followed."""

import re
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

from api.errors import ProblemError, not_found
from api.jobs.queue import Job
from api.jobs.request import asked_by
from api.reading import Access
from graphcore.audit import Ask, Operation
from ingest.registry import SOURCES

INBOX = "inbox"
UPLOADS = "uploads"
_OUR_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def sources() -> dict[str, object]:
    """What can be loaded."""
    return {
        "sources": [
            {"name": name, "description": spec.description, "own_mapping": spec.own_mapping}
            for name, spec in sorted(SOURCES.items())
        ]
    }


def listing(folder: Path) -> dict[str, object]:
    """What lies in the inbox, by name; nothing of what is in the files."""
    inbox = folder / INBOX
    found = sorted(inbox.iterdir()) if inbox.is_dir() else []
    return {
        "entries": [
            {
                "name": path.name,
                "folder": path.is_dir(),
                "size": path.stat().st_size if path.is_file() else None,
            }
            for path in found
            if not path.is_symlink() and not path.name.startswith(".")
        ]
    }


def in_inbox(folder: Path, name: str) -> Path:
    """The file or folder of that name.

    Raises:
        ProblemError: there is none; a path, a link or a hidden file is none.
    """
    inbox = folder / INBOX
    names = {path.name: path for path in inbox.iterdir()} if inbox.is_dir() else {}
    found = names.get(name)
    if found is None or found.is_symlink() or name.startswith("."):
        raise not_found()
    return found


def keep_upload(folder: Path, file: BinaryIO, name: str) -> Path:
    """Copy an upload into the workspace under a name of our own; only letters and digits of the caller's stay."""
    place = folder / UPLOADS / secrets.token_hex(8)
    place.mkdir(mode=0o700, parents=True)
    safe = _OUR_NAME.sub("_", Path(name).name)[-80:].lstrip(".") or "upload"
    with (place / safe).open("xb") as kept:
        shutil.copyfileobj(file, kept, 1 << 20)
    return place / safe


def queue(access: Access, source: str, path: Path, mapping: Path | None) -> Job:
    """Queue a load; both the queueing and the load itself are logged as collection.

    Raises:
        ProblemError: no such source, or it needs a mapping.
    """
    spec = SOURCES.get(source)
    if mapping is None and (spec is None or not spec.own_mapping):
        raise ProblemError(
            422, "source", "No such source, or it needs a mapping: see GET /v1/ingest/sources."
        )
    asked = asked_by(access.context)
    entry = access.begin(Ask("ingest.queue", {"source": source, "file": path.name}, Operation.COLLECTION))
    request = {
        "source": source,
        "file": path.name,
        "path": str(path.absolute()),
        "mapping": str(mapping.absolute()) if mapping else "",
        **asked,
    }
    job = access.services.jobs.add("load", access.context, request)
    access.services.worker.wake()
    entry.done(count=1)
    return job
