"""``ocb access rules``: which rule file counts, what it says, and the conditions that one may use."""

import typer

from api.cli.output import emit_json, say, table
from api.cli.state import opened, state_of
from graphcore.access.rules import Rule
from graphcore.access.vocabulary import CONDITIONS


def rules(context: typer.Context) -> None:
    """The rules that count here: the workspace's own rules.yaml, else the shipped ones."""
    state = state_of(context)
    with opened(state) as workspace:
        found = workspace.rules
    lines = [line for rule in (*found.read, found.pointers) for line in _lines(rule)]
    if state.json:
        named = {"name": found.name, "version": found.version, "digest": found.digest}
        read = [{"rule": name, "case": case, "any": ways} for name, case, ways in lines]
        emit_json({**named, "rules": read, "conditions": sorted(CONDITIONS)})
        return
    shown = [(name, case, "; or ".join(ways) or "nobody") for name, case, ways in lines]
    table(f"rules {found.name}, digest {found.digest}", ("rule", "case", "seen by"), shown)
    say("conditions that a rule may use: " + ", ".join(sorted(CONDITIONS)))


def _lines(rule: Rule) -> list[tuple[str, str, list[str]]]:
    if rule.cases is None:
        return [(rule.name, "", [" and ".join(way) for way in rule.ways])]
    return [
        (rule.name, f"{rule.by} {case}", [" and ".join(way) for way in ways])
        for case, ways in rule.cases.items()
    ]
