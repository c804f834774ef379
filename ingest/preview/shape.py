"""A preview as plain values: the same answer for the command's JSON and for the API."""

from dataclasses import asdict

from ingest.preview.model import Preview


def shape(answer: Preview) -> dict[str, object]:
    """Every part of a preview, lists and mappings of plain values alone."""
    return {
        "chosen": answer.chosen,
        "source": answer.source,
        "whole": answer.whole,
        "rows": answer.rows,
        "records": answer.records,
        "skipped": answer.skipped,
        "refused": answer.refused,
        "withheld": answer.withheld,
        "file_refused": answer.file_refused,
        "guesses": [asdict(guess) for guess in answer.guesses],
        "fits": [asdict(fit) for fit in answer.fits],
        "entities": {name: asdict(tally) for name, tally in sorted(answer.entities.items())},
        "links": {name: asdict(tally) for name, tally in sorted(answer.links.items())},
        "examples": [asdict(shown) for shown in answer.examples],
        "changed": [asdict(shown) for shown in answer.changed],
        "refused_examples": [asdict(example) for example in answer.refused_examples],
        "warnings": list(answer.warnings),
        "draft": answer.draft,
    }
