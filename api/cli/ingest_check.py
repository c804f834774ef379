"""``ocb ingest check``: a mapping against the schema, and against the tests that stand in it. Needs no workspace."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import emit_json, say, table
from api.cli.state import state_of
from ingest.expect import CheckReport, check_mapping, check_source
from ingest.registry import shipped_mappings

FAILED = 1


def register(group: typer.Typer) -> None:
    """Add the command to ``ocb ingest``."""
    group.command("check")(check)


def check(
    context: typer.Context,
    mapping: Annotated[str, typer.Argument(help="A mapping file (YAML), or the name of a source.")],
) -> None:
    """Check MAPPING and run its `expect:` cases; ends with 1 where one of them gives something else."""
    as_json = state_of(context).json
    report = check_source(mapping) if mapping in shipped_mappings() else check_mapping(Path(mapping))
    if as_json:
        emit_json(_answer(report))
    else:
        _show(report)
    if not report.passed:
        raise typer.Exit(FAILED)


def _answer(report: CheckReport) -> dict[str, object]:
    rows = [
        {
            "case": row.case,
            "line": row.line,
            "what": row.what,
            "expected": row.expected,
            "got": row.got,
            "passed": row.passed,
        }
        for row in report.rows
    ]
    return {"mapping": report.mapping, "cases": report.cases, "passed": report.passed, "rows": rows}


def _show(report: CheckReport) -> None:
    failed = sum(not row.passed for row in report.rows)
    if report.rows:
        columns = ("line", "case", "what", "expected", "got", "")
        rows = [
            (row.line, row.case, row.what, row.expected, row.got, "pass" if row.passed else "FAIL")
            for row in report.rows
        ]
        table(report.mapping, columns, rows)
    said = f"{report.cases} cases, {len(report.rows) - failed} passed, {failed} failed"
    say(f"{report.mapping}: the words are right; " + (said if report.cases else "no expect: cases in it"))
