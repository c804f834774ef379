"""``ocb ingest preview``: what a file is and what a load of it would bring, before anything is committed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from api.cli.errors import CommandError
from api.cli.output import emit_json, out, plain, progress_line, say, table
from api.cli.state import access_context, opened, state_of
from graphcore.audit import Operation
from ingest.preview import DRAFT, ROWS, Preview, PreviewOrder, preview, shape
from ingest.preview.model import Shown
from ingest.registry import SOURCES

_SHOWN = 12


def register(group: typer.Typer) -> None:
    """Add the command to ``ocb ingest``."""
    group.command("preview")(preview_file)


def preview_file(  # noqa: PLR0913, PLR0917 - the options of the command
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file, a folder of files, or an archive.")],
    source: Annotated[str, typer.Option("--source", help="Take this source's mapping.")] = "",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="Take this mapping file.")] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, max=100_000, help="Rows of the sample.")] = ROWS,
    all_rows: Annotated[bool, typer.Option("--all", help="Read every row, not only a sample.")] = False,
    draft: Annotated[
        Path | None, typer.Option("--draft", help="Write a mapping draft for FILE here (a new file).")
    ] = None,
) -> None:
    """Look at FILE as a load would, and compare it with the store. Nothing is loaded."""
    state = state_of(context)
    if draft is not None and draft.exists():
        raise CommandError(f"{draft} is there already: name a new file for the draft")
    order = PreviewOrder(file, source, mapping, None if all_rows else rows, always_draft=draft is not None)
    with opened(state, create=True) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"file": file.name, "source": source}
        with workspace.audit.entry(who, Operation.CONSULTATION, "ingest.preview", query) as entry:
            with progress_line(state.json) as progress:
                answer = preview(workspace, who, order, progress)
            entry.done(count=answer.records)
    if draft is not None:
        draft.write_text(answer.draft, encoding="utf-8")
    if state.json:
        emit_json(shape(answer))
    else:
        _show(answer, draft)


def _show(answer: Preview, draft: Path | None) -> None:
    for guess in answer.guesses:
        words = [guess.form, guess.encoding, f"{len(guess.columns)} columns" if guess.columns else ""]
        table(
            f"{guess.file}: {', '.join(word for word in words if word)}",
            ("what tells",),
            [[e] for e in guess.evidence],
        )
    if answer.fits:
        rows = [
            (f.source, f.score, "yes" if f.loads else f"lacks {', '.join(f.lacking[:4])}")
            for f in answer.fits
        ]
        table("sources that fit", ("source", "fit", "loads"), rows)
    say(f"taken: {_taken(answer, draft)}")
    if answer.file_refused:
        say(f"a load would end so: {answer.file_refused}")
    _show_tallies(answer)
    if answer.examples:
        out.print(_tree(answer.examples))
    if answer.changed:
        table(
            "changed: same reference, other values",
            ("item", "property", "in the store", "in the file"),
            _changes(answer.changed),
        )
    if answer.refused_examples:
        refused = [(r.file, r.row, r.field, r.reason) for r in answer.refused_examples[:_SHOWN]]
        table("would be refused", ("file", "row", "field", "reason"), refused)
    for warning in answer.warnings:
        say(f"warning: {warning}")
    say(_ending(answer))


def _taken(answer: Preview, draft: Path | None) -> str:
    if answer.chosen == DRAFT:
        told = f", written to {draft}" if draft else ": write it down with --draft FILE"
        return f"no source fits: a mapping draft{told}"
    source, _, variant = answer.chosen.partition("/")
    if variant and source in SOURCES and variant in SOURCES[source].variants:
        place = SOURCES[source].variants[variant]
        return f"the mapping of {answer.chosen}: load it with --source {answer.source} --mapping {place}"
    return f"the mapping of {answer.chosen}" + (f"; a draft was written to {draft}" if draft else "")


def _show_tallies(answer: Preview) -> None:
    rows = [
        (kind, name, tally.new, tally.same, tally.more, tally.changed)
        for kind, tallies in (("entity", answer.entities), ("link", answer.links))
        for name, tally in sorted(tallies.items())
    ]
    if rows:
        columns = ("", "type", "new", "same", "more of the same", "changed")
        table("records against the store", columns, rows)


def _tree(examples: Sequence[Shown]) -> Tree:
    tree = Tree(Text("first rows as entities and links"))
    rows: dict[tuple[str, int], Tree] = {}
    for shown in examples:
        place = (shown.file, shown.row)
        if place not in rows:
            if len(rows) >= _SHOWN:
                break
            rows[place] = tree.add(Text(plain(f"{shown.file}, row {shown.row}")))
        rows[place].add(Text(plain(_line(shown))))
    return tree


def _line(shown: Shown) -> str:
    said = "; ".join(f"{name}: {', '.join(values)}" for name, values in shown.properties.items())
    if shown.target:
        head = f"{shown.reference} —{shown.type}→ {shown.target}"
    else:
        head = f"{shown.type} {shown.reference}"
    return f"[{shown.state}] {head}" + (f" ({said})" if said else "")


def _changes(changed: Sequence[Shown]) -> list[tuple[str, str, str, str]]:
    return [
        (f"{shown.type} {shown.reference}", change.name, ", ".join(change.old), ", ".join(change.new))
        for shown in changed[:_SHOWN]
        for change in shown.changes
    ]


def _ending(answer: Preview) -> str:
    part = "all rows" if answer.whole else f"a sample of {answer.rows:,} rows (--all reads every row)"
    told = (
        f"{answer.records:,} records of {part}; {answer.refused:,} rows refused, {answer.skipped:,} skipped"
    )
    hidden = f"; {answer.withheld:,} records are above what you may see" if answer.withheld else ""
    return f"{told}{hidden}. Nothing was loaded."
