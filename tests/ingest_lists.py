"""What tests of sources read from a link: its series, oldest first."""

from __future__ import annotations

from typing import Any

from tests.unit.ingest.conftest import READER


def occurrences_of(bench: Any, link: Any) -> list[Any]:
    """The events behind a link, by time, each once."""
    return list(bench.workspace.ledger.view(READER).occurrences(link.lid))


def records_of(bench: Any, link: Any) -> list[tuple[str, str, int]]:
    """(kind, moment to the second, seconds) of each call that stands on ``link``, whether a series or a link of its own."""
    seen = occurrences_of(bench, link)
    if seen:
        return [
            (str(one.values.get("kind", "")), one.at.isoformat()[:19], int(one.values.get("duration_s") or 0))
            for one in seen
        ]
    seconds = link.properties.get("duration_s", (0,))[0]
    return [(str(link.properties["kind"][0]), str(link.valid_from)[:19], int(seconds))]
