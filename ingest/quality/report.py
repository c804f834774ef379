"""The quality report of one batch, made by reading its records once: for any batch, at any time after its load.

It says of the reader's own view of the batch: hidden records are in none of its figures.
"""

from dataclasses import asdict, dataclass

from graphcore.access import AccessContext
from graphcore.evidence.ledger import BatchLine, RefusedFilter, UnknownKeyError
from graphcore.model import parse_iso_utc
from graphcore.workspace import Workspace
from ingest.pipeline.note import kept_words
from ingest.quality.coverage import Times
from ingest.quality.findings import Coverage, Damaged, Missing, Unlikely
from ingest.quality.mapped import Gaps, mapped_properties
from ingest.quality.numbers import Amounts, Repeats, Shared, shared_links
from ingest.quality.values import ValueChecks


@dataclass(frozen=True, slots=True)
class QualityReport:
    """What is missing, damaged, unlikely and twice in a batch, and which time it covers.

    ``records`` are those read for it. ``missing`` is empty where the batch was loaded before its mapping was kept.
    """

    batch: BatchLine
    records: int
    missing: tuple[Missing, ...]
    damaged: tuple[Damaged, ...]
    unlikely: tuple[Unlikely, ...]
    duplicates: tuple[Unlikely, ...]
    coverage: Coverage

    def body(self) -> dict[str, object]:
        """As plain values; shares with four digits."""
        return {
            "records": self.records,
            "missing": [{**asdict(one), "share": round(one.share, 4)} for one in self.missing],
            "damaged": [{**asdict(one), "share": round(one.share, 4)} for one in self.damaged],
            "unlikely": [{**asdict(one), "share": round(one.share, 4)} for one in self.unlikely],
            "duplicates": [{**asdict(one), "share": round(one.share, 4)} for one in self.duplicates],
            "coverage": asdict(self.coverage),
        }


def quality_of(workspace: Workspace, who: AccessContext, number: int) -> QualityReport:
    """Read a batch and say how good it is.

    Args:
        workspace: Where.
        who: Whose view of it.
        number: Of the batch.

    Raises:
        UnknownKeyError: there is no such batch in this view.
    """
    view = workspace.ledger.view(who)
    line = next((one for one in view.batches() if one.number == number), None)
    if line is None:
        raise UnknownKeyError("there is no such batch: `ocb ingest batches` lists them")
    note = workspace.ledger.upkeep.load_note(number)
    gaps = Gaps(mapped_properties(kept_words(note)) if note else {})
    values, repeats, amounts, times = (
        ValueChecks(parse_iso_utc(line.started_at).date()),
        Repeats(),
        Amounts(),
        Times(),
    )
    records = 0
    for record in view.iter_batch(number):
        records += 1
        for part in (gaps, values, repeats, amounts, times):
            part.see(record)
    shared, links = Shared(), shared_links()
    for link in view.iter_batch_links(number, [*links]):
        shared.see(link, links[link.type])
    for events in view.iter_batch_events(number):
        times.events(events)
    reasons = view.refused_reasons(RefusedFilter(batch=number))
    rows = max(line.rows, 1)
    return QualityReport(
        line,
        records,
        tuple(gaps.found()),
        tuple(Damaged(name, reason, count, count / rows) for name, reason, count in reasons),
        (*values.found(), *shared.found(), *amounts.found()),
        tuple(repeats.found()),
        times.coverage(),
    )
