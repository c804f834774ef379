"""``ocb chart`` and ``ocb report``: pictures and reports into files, sealed and under audit."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.charts import service as chart_service
from api.charts.schemas import CHART_FORMS, ChartIn
from api.cli.errors import CommandError
from api.cli.locate import locate
from api.cli.output import emit_json, say
from api.cli.state import reading, state_of
from api.documents import Form
from api.reports import service as report_service
from graphcore.schema import LinkType

report = typer.Typer(help="Reports.", no_args_is_help=True)
Out = Annotated[Path, typer.Option("--out", help="File to write; its ending chooses the form.")]
REPORT_FORMS: tuple[Form, ...] = ("html", "json")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(chart)
    app.add_typer(report, name="report")


def _form(out: Path, forms: tuple[Form, ...]) -> Form:
    for form in forms:
        if out.suffix.lower() == f".{form}":
            return form
    raise CommandError(f"--out must end in one of {', '.join('.' + form for form in forms)}")


def write(out: Path, content: bytes | str) -> None:
    """Write a finished document; the folder is made where it is missing."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def chart(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, reference, source:reference or exact name.")],
    out: Out,
    hops: Annotated[int, typer.Option("--hops", min=0, max=3)] = 1,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=2000, help="Entities and links together.")
    ] = 200,
    link_types: Annotated[
        list[LinkType] | None, typer.Option("--link", help="Only links of this type.")
    ] = None,
) -> None:
    """A link chart around ENTITY as .html, .svg, .json or .graphml."""
    state = state_of(context)
    form = _form(out, CHART_FORMS)
    with reading(state, "chart", {"entity": entity, "hops": hops}) as read:
        found = locate(read.view, read.evidence, entity)
        asked = ChartIn(
            uids=[found.uid],
            hops=hops,
            limit=limit,
            link_types=link_types,
            title=f"Link chart: {found.caption}"[:200],
        )
        made = chart_service.chart(read, asked, datetime.now(UTC))
        write(out, chart_service.render(made, form))
    if state.json:
        answer = {"entities": len(made.items), "links": len(made.links), "truncated": made.truncated}
        emit_json({"out": str(out), "form": form, "uid": found.uid, "sha256": made.seal.sha256, **answer})
        return
    more = "; cut at the limit, there is more" if made.truncated else ""
    say(f"{out}: {len(made.items)} entities, {len(made.links)} lines{more}")


@report.command()
def business(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="A business, person or group: uid, reference or exact name.")],
    out: Out,
) -> None:
    """The business chain of ENTITY as .html or .json: owners, interests, officers, shared things, gaps, evidence."""
    state = state_of(context)
    form = _form(out, REPORT_FORMS)
    with reading(state, "report.business", {"entity": entity}) as read:
        found = locate(read.view, read.evidence, entity)
        made = report_service.business(read, found.uid, datetime.now(UTC))
        write(out, report_service.render(made, form))
    if state.json:
        emit_json({"out": str(out), "form": form, "uid": found.uid, "sha256": made.seal.sha256})
        return
    say(f"{out}: business chain of {found.caption}")
