"""``ocb access``: grants, why somebody may or may not see what, and how single records are held."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import typer

from api.access.service import explain as explain_label
from api.access.service import shape
from api.auth import AuthService
from api.cli.access_review import review
from api.cli.access_rules import rules
from api.cli.errors import CommandError
from api.cli.output import emit_json, say, table
from api.cli.state import CliState, access_context, current_store, opened, reason_of, state_of
from graphcore.access import (
    AccessContext,
    AccessLabel,
    Grantee,
    Marking,
    Pointer,
    Purpose,
    PurposeCode,
    Retention,
    Scope,
)
from graphcore.audit import Operation
from graphcore.audit.log import utc_now
from graphcore.evidence.ledger.grants import NewGrant
from graphcore.workspace import Workspace

group = typer.Typer(help="Access: grant, revoke, list, explain, review, hold, rules.", no_args_is_help=True)
T = TypeVar("T")
_GRANT = ("id", "grantee", "name", "scope", "over", "operation", "until", "state", "given_by", "why")


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    group.command()(review)
    group.command()(rules)
    app.add_typer(group, name="access")


@group.command()
def grant(
    context: typer.Context,
    to: Annotated[
        str,
        typer.Argument(help="subject:NAME, team:ORGANISATION/TEAM or organisation:NAME.", metavar="TO"),
    ],
    over: Annotated[str, typer.Argument(help="compartment:NAME or originator:NAME.", metavar="OVER")],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How long it counts.")] = 28,
) -> None:
    """Open a compartment, or an originator's records under conditions, for --operation, and say why with --reason."""
    state = state_of(context)
    why = reason_of(state)
    if not state.operation.strip():
        raise CommandError("name the operation with --operation: a grant counts for reads that state it")
    grantee, name = _pair(to, Grantee, "TO")
    scope, what = _pair(over, Scope, "OVER")
    until = datetime.now(UTC) + timedelta(days=days)
    new = NewGrant(Grantee(grantee), name, Scope(scope), what, state.operation.strip(), until)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(
            who, Operation.ACCESS, "access.grant", {"grant": new, "why": why}
        ) as entry:
            made = workspace.ledger.grants.give(new, by=who.subject, reason=why)
            entry.done(count=1)
    answer = shape(made, utc_now())
    if state.json:
        emit_json(answer)
    else:
        say(f"grant {made.grant.grant_id}: {to} may see {over} for {new.operation} until {answer['until']}")


@group.command()
def revoke(
    context: typer.Context, grant_id: Annotated[str, typer.Argument(help="As `ocb access list` shows it.")]
) -> None:
    """End a grant; say why with --reason. Reads that begin later are without it."""
    state = state_of(context)
    why = reason_of(state)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        asked = {"grant": grant_id, "why": why}
        with workspace.audit.entry(who, Operation.ACCESS, "access.revoke", asked) as entry:
            ended = workspace.ledger.grants.revoke(grant_id, by=who.subject, reason=why)
            entry.done(count=1)
    if state.json:
        emit_json(shape(ended, utc_now()))
    else:
        say(f"grant {grant_id} has ended")


@group.command("list")
def list_(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that were revoked or have run out.")
    ] = False,
) -> None:
    """Grants, oldest first."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.ACCESS, "access.list", {"all": every}) as entry:
            book = workspace.ledger.grants
            found = [shape(one, utc_now()) for one in (book.history() if every else book.standing())]
            entry.done(count=len(found))
    if state.json:
        emit_json({"grants": found})
    else:
        table("grants", _GRANT, [[one[name] for name in _GRANT] for one in found])


@group.command()
def explain(  # noqa: PLR0913, PLR0917  (an option of the command each)
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(help="Account; its reads would be for --purpose and --operation.")
    ],
    uid: Annotated[str, typer.Option("--uid", help="Of the records of an entity that you may see.")] = "",
    marking: Annotated[str, typer.Option("--marking")] = Marking.OFFICIAL,
    handling: Annotated[str, typer.Option("--handling", help="Scheme and code, for example '3x5x2 C'.")] = "",
    compartment: Annotated[str, typer.Option("--compartment")] = "",
    originator: Annotated[str, typer.Option("--originator")] = "",
) -> None:
    """Why an account may or may not see records: those of an entity, or records under a label."""
    state = state_of(context)
    scheme, _, code = handling.partition(" ")
    given = AccessLabel(marking, scheme, code, (), compartment, originator)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        asked = {"subject": subject, "uid": uid, "label": given}
        with workspace.audit.entry(
            who, Operation.ACCESS, "access.explain", asked, (uid,) if uid else ()
        ) as entry:
            labels = _labels_of(state, workspace, who, uid) if uid else [given]
            reader = _reader(workspace, who, subject)
            rows = [_explained(label, reader) for label in labels]
            entry.done(count=len(rows))
    if state.json:
        emit_json({"subject": subject, "labels": rows})
        return
    columns = (
        "marking",
        "handling",
        "conditions",
        "compartment",
        "originator",
        "retention",
        "pointer",
        "sees",
        "because of",
    )
    table(f"{subject}", columns, [list(row.values()) for row in rows])


@group.command()
def hold(
    context: typer.Context,
    records: Annotated[
        list[str] | None, typer.Option("--record", help="Id of a record; may be given again.")
    ] = None,
    source: Annotated[str, typer.Option("--source", help="All records that a source has brought.")] = "",
    retention: Annotated[
        str, typer.Option("--retention", help="current, review, hold or expired.")
    ] = "current",
    pointer: Annotated[str, typer.Option("--pointer", help="silent, exists or contact.")] = "silent",
) -> None:
    """Decide how records are held from now on: out of ordinary work, or pointed to; say why with --reason."""
    state = state_of(context)
    why = reason_of(state)
    kept = _word(retention, {"current": Retention.CURRENT, **{r.value: r for r in Retention if r.value}})
    told = _word(pointer, {"silent": Pointer.SILENT, **{p.value: p for p in Pointer if p.value}})
    if bool(records) is bool(source):
        raise CommandError("name either records (--record) or a source (--source)")
    with opened(state) as workspace:
        who = access_context(state, workspace)
        asked = {"records": records, "source": source, "retention": retention, "pointer": pointer, "why": why}
        with workspace.audit.entry(who, Operation.ALTERATION, "access.hold", asked) as entry:
            held = workspace.ledger.holdings
            made = (
                held.hold(records, kept, told, by=who.subject, reason=why)
                if records
                else held.hold_source(source, kept, told, by=who.subject, reason=why)
            )
            current_store(state, workspace)
            entry.done(count=made.records)
    if state.json:
        emit_json({"records": made.records, "retention": retention, "pointer": pointer})
    else:
        say(f"{made.records:,} records: retention {retention}, pointer {pointer}")


def _labels_of(state: CliState, workspace: Workspace, who: AccessContext, uid: str) -> list[AccessLabel]:
    view = current_store(state, workspace).view(who)
    entity = view.entity(uid)
    if entity is None:
        raise CommandError("no entity with this uid that you may see; try `ocb search` first")
    return [view.labels[number] for number in entity.labels]


def _reader(workspace: Workspace, who: AccessContext, subject: str) -> AccessContext:
    auth = AuthService(workspace.folder, workspace.audit, utc_now)
    try:
        account = next((one for one in auth.accounts() if one.name == subject), None)
    finally:
        auth.close()
    if account is None:
        raise CommandError("there is no account of that name: `ocb account list` shows them")
    purpose = who.purpose or Purpose(PurposeCode.INVESTIGATION, "asked")
    return workspace.admit(account.context(purpose))


def _explained(label: AccessLabel, reader: AccessContext) -> dict[str, object]:
    found = explain_label(label, reader)
    says = "yes" if found.allow else "no, but is told of it" if found.told else "no"
    return {
        "marking": label.marking,
        "handling": f"{label.handling_scheme} {label.handling_code}".strip(),
        "conditions": " ".join(label.handling_conditions),
        "compartment": label.compartment,
        "originator": label.originator,
        "retention": label.retention,
        "pointer": label.pointer,
        "sees": says,
        "because of": ", ".join(found.reasons),
    }


def _pair(text: str, kinds: type[Grantee] | type[Scope], where: str) -> tuple[str, str]:
    kind, _, name = text.partition(":")
    if kind not in set(kinds) or not name:
        raise CommandError(f"{where} is KIND:NAME, where KIND is one of {', '.join(kinds)}")
    return kind, name


def _word(word: str, known: dict[str, T]) -> T:
    if word not in known:
        raise CommandError(f"{word!r} is none of {', '.join(known)}")
    return known[word]
