"""The rules are the same in all their forms, and what they say is what the former hand-written policy said."""

import random
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from graphcore.access import AccessContext, AccessLabel, Marking, shipped_rules
from graphcore.access.filter import Column, Filter
from graphcore.access.forms import LabelTable, SqlShape, cypher_rules, sql_condition
from graphcore.access.rule_file import read_rules
from graphcore.access.rules import RuleSet
from graphcore.store.neo4j import Neo4jSettings
from graphcore.store.neo4j.connection import Connection
from graphcore.store.neo4j.stored import label_row
from tests.worlds.access_cases import broken_labels, label, reader

if TYPE_CHECKING:
    from tests.neo4j_fixture import Neo4jAddress

LABELS, READERS = 500, 200  # 100,000 cases
SITE = """
version: 1
name: stricter
markings: {OFFICIAL: OFFICIAL, OFFICIAL-SENSITIVE: OFFICIAL-SENSITIVE, SECRET: OFFICIAL-SENSITIVE}
read:
  compartment: {any: [no compartment, holds compartment and works on the operation, granted compartment and for audit]}
  clearance: {any: [clearance covers marking and purpose given, own record and no compartment]}
  conditions:
    by: conditions
    cases:
      A1: [own record, conditional reading and granted originator]
      S2: [for audit, own record and no compartment]
      Z9: []
  retention: {by: retention, cases: {none: [anyone], hold: [own record and law enforcement, for system]}}
  handling: {by: handling, cases: {none: [anyone], 3x5x2 P: [law enforcement], 3x5x2 C: [own record, no compartment]}}
pointers: {any: [held as pointer and no compartment, held as pointer and own record]}
"""


@pytest.fixture(scope="module", params=["shipped", "site"])
def rules(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    if request.param == "shipped":
        return shipped_rules()
    path = tmp_path_factory.mktemp("rules") / "rules.yaml"
    path.write_text(SITE)
    return read_rules(path)


def labels_and_readers(seed: int) -> tuple[dict[int, AccessLabel], list[AccessContext]]:
    rng = random.Random(seed)
    return {n: label(rng) for n in range(1, LABELS + 1)}, [reader(rng) for _ in range(READERS)]


def filters(rules: RuleSet, readers: Iterable[AccessContext]) -> list[Filter]:
    return [made for one in readers for made in (rules.readable(one), rules.pointed(one))]


def by_function(filter_: Filter, labels: Mapping[int, AccessLabel]) -> tuple[int, ...]:
    return tuple(number for number, one in sorted(labels.items()) if not filter_.denied(one))


SHAPE = SqlShape(
    {
        Column.MARKING: "marking",
        Column.HANDLING: "scheme || ' ' || code",
        Column.CONDITIONS: "conditions",
        Column.COMPARTMENT: "compartment",
        Column.ORIGINATOR: "originator",
        Column.RETENTION: "retention",
        Column.POINTER: "pointer",
    }
)


def sqlite_labels(labels: Mapping[int, AccessLabel]) -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.execute(
        "CREATE TABLE label (number, marking, scheme, code, conditions, compartment, originator, retention, pointer)"
    )
    rows = [
        (n, one.marking, one.handling_scheme, one.handling_code, orjson.dumps(one.handling_conditions).decode(),
         one.compartment, one.originator, one.retention, one.pointer)
        for n, one in labels.items()
    ]  # fmt: skip
    made.executemany("INSERT INTO label VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return made


@pytest.mark.catalogue("A36")
def test_function_mask_and_sql_agree_on_100_000_cases(rules: RuleSet) -> None:
    labels, readers = labels_and_readers(6)
    table, connection = LabelTable(labels), sqlite_labels(labels)
    seen = 0
    for filter_ in filters(rules, readers):
        expected = by_function(filter_, labels)
        condition, parameters = sql_condition(filter_, SHAPE)
        found = connection.execute(f"SELECT number FROM label WHERE {condition} ORDER BY number", parameters)
        assert table.allowed(filter_) == expected
        assert tuple(number for (number,) in found) == expected
        seen += len(expected)
    connection.close()
    assert 0.02 < seen / (2 * LABELS * READERS) < 0.6  # neither everything nor nothing


@pytest.mark.neo4j
@pytest.mark.catalogue("A36")
def test_cypher_agrees_on_100_000_cases(rules: RuleSet, neo4j_server: "Neo4jAddress") -> None:
    labels, readers = labels_and_readers(7)
    connection = Connection(Neo4jSettings(neo4j_server.uri, neo4j_server.user, neo4j_server.password))
    try:
        connection.run_alone("upkeep/clear")
        rows = [label_row(number, one) for number, one in labels.items()]
        connection.write(lambda writing: writing.run("write/label", rows=rows) and None)
        for filter_ in filters(rules, readers):
            found = connection.read("read/labels", rules=cypher_rules(filter_))
            assert tuple(row["number"] for row in found) == by_function(filter_, labels)
    finally:
        connection.run_alone("upkeep/clear")
        connection.close()


@pytest.mark.catalogue("A36")
def test_what_cannot_be_read_is_denied_in_every_form_and_the_reason_says_so(rules: RuleSet) -> None:
    labels = dict(enumerate(broken_labels(), 1))
    rng = random.Random(8)
    for filter_ in filters(rules, [reader(rng) for _ in range(50)]):
        assert by_function(filter_, labels) == LabelTable(labels).allowed(filter_) == ()
        assert all(reason.startswith("label (") for one in labels.values() for reason in filter_.denied(one))


def former(one: AccessLabel, context: AccessContext) -> bool:
    """The policy as it was written by hand, with grants and retention added by hand."""
    held = {grant.over for grant in context.grants if grant.scope == "compartment" and grant.counts(context)}
    known = {grant.over for grant in context.grants if grant.scope == "originator" and grant.counts(context)}
    rank = {"OFFICIAL": 0, "OFFICIAL-SENSITIVE": 1}
    own = bool(one.originator) and one.originator == context.organisation
    police = context.law_enforcement
    code = {
        ("", ""): not one.handling_conditions,
        ("3x5x2", "P"): police or own,
        ("3x5x2", "C"): own or context.may_read_conditional or one.originator in known - {""},
        **{("5x5x5", digit): police or own for digit in "123"},
        **{("5x5x5", digit): own for digit in "45"},
    }
    purpose = context.purpose
    states = {"": True, "review": {"audit", "system"}, "hold": {"audit", "prosecution"}, "expired": {"audit"}}
    kept = states.get(one.retention, False)
    return bool(
        purpose is not None
        and rank.get(one.marking, 9) <= rank[Marking(context.clearance)]
        and (not one.compartment or one.compartment in context.compartments | held)
        and set(one.handling_conditions) <= {"A1", "A2", "A3", "S1", "S2"}
        and code.get((one.handling_scheme, one.handling_code), False)
        and (kept is True or (kept and purpose.code in kept))
    )


def test_the_shipped_file_says_what_the_policy_written_by_hand_said() -> None:
    labels, readers = labels_and_readers(9)
    rules = shipped_rules()
    whole = [one for one in readers if not rules.readable(one).denied(AccessLabel()) or one.purpose is None]
    assert len(whole) > READERS / 2
    for context in whole:
        filter_ = rules.readable(context)
        assert [not filter_.denied(one) for one in labels.values()] == [
            former(one, context) for one in labels.values()
        ]


@pytest.mark.catalogue("A36")
def test_a_reader_of_whom_something_is_missing_sees_nothing_and_is_told_why() -> None:
    rng = random.Random(10)
    readers = [
        one
        for one in (reader(rng) for _ in range(2_000))
        if shipped_rules().readable(one).denied(AccessLabel())
    ]
    reasons = {reason for one in readers for reason in shipped_rules().readable(one).denied(AccessLabel())}
    assert {
        "purpose",
        "reader (TypeError)",
        "reader (ValueError)",
        "reader (AttributeError)",
        "reader (RuntimeError)",
    } <= reasons


def test_site_file_is_found_beside_the_ledger(tmp_path: Path) -> None:
    from graphcore.workspace import Workspace

    (tmp_path / "rules.yaml").write_text(SITE)
    with Workspace.open(tmp_path) as workspace:
        assert workspace.rules.name == "stricter"
