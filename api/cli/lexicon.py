"""``ocb lexicon``: the shared lists of terms, their history, and the file by which forces share them."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import emit_json, say, table
from api.cli.state import CliState, access_context, opened, state_of
from api.lexicon import service
from graphcore.audit import Operation
from graphcore.lexicon import LexiconError, Term, write_shared

group = typer.Typer(help="Lexicon: list, show, add, withdraw, export, import, history.", no_args_is_help=True)
List = Annotated[str, typer.Argument(metavar="LIST", help="A list: see `ocb lexicon list`.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of a term: lower-case letters, digits, _ and -.")]
Why = Annotated[str, typer.Option("--why", help="Why; kept with the change.")]
Version = Annotated[str | None, typer.Option("--version", help="As it was at that version (1+3).")]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="lexicon")


@group.command("list")
def list_(context: typer.Context, version: Version = None) -> None:
    """The lists, with version and hash of the whole."""
    state = state_of(context)
    with opened(state, create=True) as workspace:
        found = workspace.ledger.lexicon.lexicon(version)
    if state.json:
        emit_json(service.lists(found))
        return
    rows = [(info.name, len(found.of(info.name)), info.title) for info in found.lists.values()]
    table(f"lexicon {found.named()}", ("list", "terms", "what it holds"), rows)


@group.command()
def show(context: typer.Context, name: List, version: Version = None) -> None:
    """The terms of LIST with their variants."""
    state = state_of(context)
    with opened(state, create=True) as workspace:
        found = workspace.ledger.lexicon.lexicon(version)
    answer = service.terms(found, name)
    if state.json:
        emit_json(answer)
        return
    rows = [(term.id, term.word, term.category, ", ".join(term.variants)) for term in found.of(name)]
    table(f"{name}, lexicon {found.named()}", ("id", "word", "category", "variants"), rows)
    say(f"source: {found.lists[name].source}")


@group.command()
def add(  # noqa: PLR0913, PLR0917  (an option of the command each)
    context: typer.Context,
    name: List,
    term_id: Id,
    why: Why,
    word: Annotated[str, typer.Option("--word", help="The word that stands for it.")],
    variants: Annotated[
        list[str] | None, typer.Option("--variant", help="Another word for it; may be given again.")
    ] = None,
    category: Annotated[str, typer.Option("--category")] = "",
    note: Annotated[str, typer.Option("--note")] = "",
    source: Annotated[str, typer.Option("--source", help="Where the word was read or heard.")] = "",
) -> None:
    """Add a term to LIST, or put a new edition in place of the one with this ID."""
    state = state_of(context)
    term = Term(name, term_id, word, tuple(variants or ()), category, note, source)
    with opened(state, create=True) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"list": name, "id": term_id}
        with workspace.audit.entry(who, Operation.ALTERATION, "lexicon.add", query) as entry:
            book = workspace.ledger.lexicon
            before = len(book.changes())
            made = book.add(term, by=who.subject, why=why)
            changed = len(book.changes()) - before
            entry.done(count=changed)
    _tell(state, service.version(made, changed))


@group.command()
def withdraw(context: typer.Context, name: List, term_id: Id, why: Why) -> None:
    """Take a term of LIST out of use; its history stays."""
    state = state_of(context)
    with opened(state) as workspace:
        who = access_context(state, workspace)
        query: dict[str, object] = {"list": name, "id": term_id}
        with workspace.audit.entry(who, Operation.ALTERATION, "lexicon.withdraw", query) as entry:
            made = workspace.ledger.lexicon.withdraw(name, term_id, by=who.subject, why=why)
            entry.done(count=1)
    _tell(state, service.version(made, 1))


@group.command()
def history(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[LIST]", help="Only this list.")] = None,
) -> None:
    """Every change, oldest first: who, when and why."""
    state = state_of(context)
    with opened(state) as workspace:
        changes = workspace.ledger.lexicon.changes(name)
    if state.json:
        emit_json({"changes": [service.change(made) for made in changes]})
        return
    rows = [
        (made.number, made.action, made.term.key, made.changed_by, made.changed_at, made.why)
        for made in changes
    ]
    table("changes of the lexicon", ("number", "what", "term", "who", "when", "why"), rows)


@group.command()
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="File to write (YAML).")],
    version: Version = None,
) -> None:
    """The whole lexicon as one file that another force can import."""
    state = state_of(context)
    with opened(state, create=True) as workspace:
        found = workspace.ledger.lexicon.lexicon(version)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(write_shared(found), encoding="utf-8")
    if state.json:
        emit_json({"out": str(out), "version": found.version, "hash": found.hash, "terms": len(found.terms)})
    else:
        say(f"{out}: {len(found.terms):,} terms, version {found.named()}")


@group.command("import")
def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A file that `ocb lexicon export` wrote.")],
    why: Why,
) -> None:
    """Take in a lexicon file: its terms are added or take the place of those with their ids; none is withdrawn."""
    state = state_of(context)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path.name}: not UTF-8 text: is it a lexicon file?") from error
    with opened(state, create=True) as workspace:
        who = access_context(state, workspace)
        with workspace.audit.entry(who, Operation.ALTERATION, "lexicon.import", {"file": path.name}) as entry:
            made = service.bring_in(workspace.ledger.lexicon, path.name, text, by=who.subject, why=why)
            entry.done(count=1)
    _tell(state, made)


def _tell(state: CliState, answer: dict[str, object]) -> None:
    if state.json:
        emit_json(answer)
    else:
        say(f"lexicon version {answer['version']}: {answer['changed']} terms changed")
