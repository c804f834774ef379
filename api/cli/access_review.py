"""``ocb access review``: which accounts see records under which labels, for the owner's regular look."""

from typing import Annotated

import numpy as np
import typer

from api.auth import AuthService
from api.cli.output import emit_json, table
from api.cli.state import access_context, opened, state_of
from graphcore.access import AccessContext, AccessLabel, allowed_labels
from graphcore.access.forms import LabelTable
from graphcore.access.policy import readable
from graphcore.audit import Operation
from graphcore.audit.log import utc_now
from graphcore.workspace import Workspace

_SHOWN = 12


def review(
    context: typer.Context,
    compartment: Annotated[str, typer.Option("--compartment", help="Only labels of this compartment.")] = "",
) -> None:
    """Which accounts see records under which labels; grants count, for --operation. Of labels that you may see."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(
            who, Operation.ACCESS, "access.review", {"compartment": compartment}
        ) as entry:
            labels = _labels(workspace, who, compartment)
            names = _accounts(workspace, who)
            found = who_sees(labels, names)
            entry.done(count=len(found))
    if state.json:
        emit_json({"labels": [{**_words(labels[n]), "seen_by": seen} for n, seen in found.items()]})
        return
    rows = [
        (
            *_words(labels[n]).values(),
            len(seen),
            ", ".join(seen[:_SHOWN]) + (" ..." if len(seen) > _SHOWN else ""),
        )
        for n, seen in found.items()
    ]
    columns = ("marking", "handling", "compartment", "originator", "retention", "accounts", "names")
    table(f"{len(names)} accounts, {len(labels)} labels", columns, rows)


def who_sees(labels: dict[int, AccessLabel], readers: dict[str, AccessContext]) -> dict[int, list[str]]:
    """By number of a label: the names of the readers that may see it, in order.

    One mask a reader over all labels: O(readers x labels) in array operations.
    """
    asked = LabelTable(labels)
    names = sorted(readers)
    masks = [asked.mask(readable(readers[name])) for name in names]
    grid = np.array(masks, np.bool_).reshape(len(names), len(labels))
    return {
        number: [names[i] for i in np.flatnonzero(grid[:, at]).tolist()]
        for at, number in enumerate(asked.numbers.tolist())
    }


def _labels(workspace: Workspace, who: AccessContext, compartment: str) -> dict[int, AccessLabel]:
    known = workspace.ledger.labels()
    seen = {number: known[number] for number in allowed_labels(known, who)}
    return {n: label for n, label in seen.items() if not compartment or label.compartment == compartment}


def _accounts(workspace: Workspace, who: AccessContext) -> dict[str, AccessContext]:
    auth = AuthService(workspace.folder, workspace.audit, utc_now)
    try:
        return {one.name: workspace.admit(one.context(who.purpose)) for one in auth.accounts()}
    finally:
        auth.close()


def _words(label: AccessLabel) -> dict[str, str]:
    handling = f"{label.handling_scheme} {label.handling_code} {' '.join(label.handling_conditions)}".strip()
    return {
        "marking": label.marking,
        "handling": handling,
        "compartment": label.compartment,
        "originator": label.originator,
        "retention": label.retention,
    }
