"""``ocb graph lineage``: from any value back to file and row."""

from typing import Annotated

import typer

from api.cli.errors import CommandError
from api.cli.locate import locate
from api.cli.output import emit_json, say, table
from api.cli.state import reading, state_of
from api.ingest.lineage import lineage as trace
from graphcore.evidence.ledger import BATCH


def lineage(
    context: typer.Context,
    uid: Annotated[
        str, typer.Argument(help="Of an entity (uid, reference or exact name) or of a link (lid).")
    ],
    wanted: Annotated[str | None, typer.Option("--property", help="Only values of this property.")] = None,
) -> None:
    """Each value of an entity or link with the records, files and rows that say it, as they were received."""
    state = state_of(context)
    with reading(state, "lineage", {"uid": uid, "property": wanted}) as read:
        key = uid
        if read.view.link(uid) is None:
            key = locate(read.view, read.evidence, uid).uid
        answer = trace(read, key, wanted)
        if answer is None:
            raise CommandError("nothing of that id that you may see: `ocb search` finds ids")
    if state.json:
        emit_json(answer.body())
        return
    lines: list[tuple[object, ...]] = []
    for value in answer.values:
        for record in value.records:
            label = record.label
            corrected = "; ".join(
                f"{', '.join(note.changed)} corrected by {note.by}: {note.reason}"
                for note in answer.corrections.get(record.rid, ())
            )
            original = ", ".join(f"{name}={text}" for name, text in record.original.items())
            grade = record.grading.code if record.grading else ""
            handling = f"{label.marking} {label.handling_scheme} {label.handling_code}".strip()
            place = (
                record.source,
                record.file,
                record.row,
                answer.ids.reference(BATCH, record.batch),
                grade,
                handling,
            )
            lines.append((value.property, value.value, *place, original, corrected))
    columns = (
        "property",
        "value",
        "source",
        "file",
        "row",
        "batch",
        "grade",
        "handling",
        "as received",
        "corrected",
    )
    table(f"lineage of {key}", columns, lines)
    if answer.truncated:
        say("there are more records: name a property with --property")
