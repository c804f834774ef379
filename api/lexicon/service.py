"""The lexicon for readers and for those who change it; the CLI and the API answer alike."""

from graphcore.evidence.ledger.lexicon import LexiconBook, LexiconChange
from graphcore.lexicon import Added, Lexicon, read_shared


def lists(lexicon: Lexicon) -> dict[str, object]:
    """The lists with how many terms each has."""
    rows = [
        {"name": info.name, "title": info.title, "source": info.source, "terms": len(lexicon.of(info.name))}
        for info in lexicon.lists.values()
    ]
    return {"version": lexicon.version, "hash": lexicon.hash, "lists": rows}


def terms(lexicon: Lexicon, name: str) -> dict[str, object]:
    """The terms of one list.

    Raises:
        LexiconError: there is no such list.
    """
    rows = [term.as_row() for term in lexicon.of(name)]
    return {"list_name": name, "version": lexicon.version, "hash": lexicon.hash, "terms": rows}


def change(made: LexiconChange) -> dict[str, object]:
    """One change of the history."""
    return {
        "number": made.number,
        "action": made.action,
        "list_name": made.term.list_name,
        "term": made.term.as_row(),
        "changed_by": made.changed_by,
        "changed_at": made.changed_at,
        "why": made.why,
    }


def bring_in(book: LexiconBook, name: str, text: str, *, by: str, why: str) -> dict[str, object]:
    """Take in a shared file: its terms are added or take the place of those with their ids; none is withdrawn.

    Raises:
        LexiconError: no lexicon file, one changed after export, or terms that do not go with those that are here.
    """
    shared = read_shared(name, text)
    before = len(book.changes())
    reason = f"{why} (import of version {shared.version}, {shared.hash[:16]})"
    now = book.add_all(shared.terms, by=by, why=reason)
    return version(now, len(book.changes()) - before)


def version(lexicon: Lexicon, changed: int) -> dict[str, object]:
    """The version that follows from a change."""
    return {"version": lexicon.version, "hash": lexicon.hash, "changed": changed}


def added(found: tuple[Added, ...]) -> list[dict[str, object]]:
    """Which words a search was widened by."""
    return [
        {"typed": one.typed, "words": list(one.words), "terms": list(one.terms), "left_out": one.left_out}
        for one in found
    ]
