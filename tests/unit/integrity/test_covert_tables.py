"""Every table of the ledger is pulled or left out by a decision, and rows refer here to what they referred to there."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert

from graphcore.covert import create, pull
from graphcore.covert.copied import BATCHES, BY_ROWID, KEYED, NUMBERED, OF_BATCHES, OF_RECORDS
from graphcore.evidence.ledger.tables import metadata
from graphcore.integrity.check import check
from graphcore.workspace import LEDGER, Workspace
from tests.property.covert.pull_walk import KESTREL, follow
from tests.unit.integrity import whole
from tests.unit.ledger.ledger_kit import entity, evidence, load, ref

ROW_BY_ROW = {rows.table.name for rows in (BATCHES, *BY_ROWID, *KEYED, *NUMBERED, *OF_BATCHES, *OF_RECORDS)}
IN_ITS_OWN_WAY = {
    "suggestion_decision",
    "label",
    "record",
    "said",
    "suggestion",
    "series_part",
    "held_record",
    "withdrawn",
    "batch_label",
}
MADE_HERE = {"origin", "link_origin", "waiting", "outbox"}
LEFT_OUT = {"setting", "pulled", "standing_fit", "standing_key", "standing_count", "standing_group"}
SAID = {"reason": "a test"}
AT = "2026-03-01T00:00:00+00:00"

# what each table is filled with, beside what the world of whole.py brings
FILL: dict[str, dict[str, Any]] = {
    "source_register": {"number": 1, "source": "alpha", "version": 1, "organisation": "N", "contact": "", "lawful_basis": "",
        "marking": "", "compartment": "", "retention_group": "", "note": "", "handling_scheme": "", "handling_code": "",
        "handling_conditions": "[]", "changed_by": "ann", "changed_at": AT, "why": "x"},
    "batch_register": {"batch": 1, "register": 1},
    "lexicon_change": {"number": 1, "action": "add", "list": "cars", "term": "t", "body": "{}", "changed_by": "ann",
        "changed_at": AT, "why": "x"},
    "batch_lexicon": {"batch": 1, "version": "1+1", "hash": "h"},
    "mapping_text": {"identity": "m1", "name": "m", "text": "mapping: 1"},
    "batch_load": {"batch": 1, "loaded_as": "alpha", "own_mapping": 1, "columns": "{}"},
    "series_step": {"batch": 1, "step": "one"},
    "correction": {"number": 1, "quarantine": 2, "fields": "{}", "changed": "[]", "corrected_by": "ann", "corrected_at": AT, **SAID},
    "repair": {"quarantine": 2, "correction": 1, "mapping": "m1", "records": 0, "repaired_by": "ann", "repaired_at": AT, **SAID},
    "refusal": {"number": 1, "quarantine": 3, "correction": None, "mapping": "m1", "field": "dob", "tried_by": "ann",
        "tried_at": AT, **SAID},
    "suggestion": {"number": 1, "suggestion_id": "s1", "seq": 3, "field": "text", "kind": "Person", "label": "Ann", "first": 0,
        "last": 3, "excerpt": "Ann"},
    "suggestion_decision": {"number": 1, "suggestion": 1, "state": "accepted", "origin": "", "decided_by": "ann", "decided_at": AT,
        **SAID},
    "access_grant": {"number": 1, "grant_id": "g1", "grantee": "subject", "name": "ann", "scope": "compartment", "over": "LARCH",
        "operation": "Larkspur", "until": AT, "given_by": "bob", "given_at": AT, **SAID},
    "grant_end": {"grant": 1, "revoked_by": "bob", "revoked_at": AT, **SAID},
    "decision": {"decision_id": "d2", "decided_by": "bob", "decided_at": AT, "reversible": True, **SAID},
    "proposed": {"decision_id": "d2", "proposed_by": "bob"},
    "confirmed": {"decision_id": "d2", "confirmed_by": "ann", "confirmed_at": AT, **SAID},
    "undone": {"decision_id": "d2", "undone_by": "ann", "undone_at": AT},
    "fitted": {"number": 1, "decision_id": "d2", "entity_type": "Person", "tier": "", "document": "{}"},
    "holding": {"number": 1, "retention": "review", "pointer": "silent", "shift": 0, "decided_by": "ann", "decided_at": AT, **SAID},
    "held_record": {"seq": 3, "holding": 1},
    "removal": {"number": 1, "batch": 1, "because": "batch", "removed_by": "ann", "removed_at": AT, **SAID},
    "replacement": {"removal": 1, "batch": 1},
    "restoration": {"removal": 1, "restored_by": "ann", "restored_at": AT, **SAID},
    "withdrawn": {"number": 1, "seq": 5, "withdrawn_at": AT, "restored_at": None},
}  # fmt: skip
REFERENCES = (
    "SELECT b.file_hash, r.source, r.organisation FROM batch_register JOIN batch b ON b.number = batch JOIN source_register r ON r.number = register",
    "SELECT b.file_hash, version, hash FROM batch_lexicon JOIN batch b ON b.number = batch",
    "SELECT b.file_hash, columns FROM batch_load JOIN batch b ON b.number = batch",
    "SELECT b.file_hash, step FROM series_step JOIN batch b ON b.number = batch",
    "SELECT b.file_hash, q.row, c.fields, p.records FROM repair p JOIN correction c ON c.number = correction JOIN quarantine q ON q.number = p.quarantine AND q.number = c.quarantine JOIN batch b ON b.number = q.batch",
    "SELECT q.row, f.reason FROM refusal f JOIN quarantine q ON q.number = f.quarantine",
    "SELECT r.rid, s.excerpt, d.state FROM suggestion_decision d JOIN suggestion s ON s.number = d.suggestion JOIN record r ON r.seq = s.seq",
    "SELECT grant_id, revoked_by FROM access_grant JOIN grant_end e ON e.grant = number",
    "SELECT r.rid, h.retention FROM held_record JOIN holding h ON h.number = holding JOIN record r USING (seq)",
    "SELECT b.file_hash, x.restored_by FROM removal m JOIN restoration x ON x.removal = m.number JOIN batch b ON b.number = m.batch",
    "SELECT b.file_hash, o.file_hash FROM replacement x JOIN removal m ON m.number = x.removal JOIN batch b ON b.number = m.batch JOIN batch o ON o.number = x.batch",
    "SELECT r.rid, p.start, p.length, p.first_at, LENGTH(b.body) FROM series_part p JOIN series_block b ON b.number = p.block JOIN record r USING (seq)",
    "SELECT r.rid, b.file_hash, l.compartment, r.row FROM record r JOIN batch b ON b.number = r.batch JOIN label l ON l.number = r.label",
    "SELECT b.file_hash, r.rid FROM said s JOIN record r ON r.seq BETWEEN s.first AND s.last JOIN batch b ON b.number = s.batch",
    "SELECT b.file_hash, l.compartment, c.loaded FROM batch_label c JOIN batch b ON b.number = c.batch JOIN label l ON l.number = c.label",
    "SELECT o.origin_id, r.rid FROM origin o JOIN record r ON r.seq = o.first_seq",
    "SELECT r.rid FROM withdrawn JOIN record r USING (seq) WHERE restored_at IS NULL",
)  # fmt: skip


def test_every_table_is_pulled_or_left_out_by_a_decision() -> None:
    assert {*metadata.tables} == ROW_BY_ROW | IN_ITS_OWN_WAY | MADE_HERE | LEFT_OUT


def fill(workspace: Workspace) -> None:
    with workspace.ledger.deciding() as deciding:
        for name, row in FILL.items():
            table: Table = metadata.tables[name]
            deciding.connection.execute(insert(table), row)


def rows(base: Path, where: str, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(base / where / LEDGER)
    try:
        return sorted(connection.execute(statement), key=repr)
    finally:
        connection.close()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    whole.build(tmp_path / "open", people=12)
    with Workspace.open(tmp_path / "open") as workspace:
        fill(workspace)
        follow(workspace)
    create(tmp_path / "open", tmp_path / "covert")
    return tmp_path


def test_an_empty_covert_ledger_has_every_row_with_the_same_numbers(base: Path) -> None:
    with Workspace.open(base / "covert") as workspace:
        pull(workspace)
        follow(workspace)
    for name in sorted((ROW_BY_ROW | IN_ITS_OWN_WAY | MADE_HERE) - {"outbox", "waiting"}):
        there = rows(base, "open", f"SELECT * FROM {name}")
        assert there, f"nothing in {name}: fill it"
        assert rows(base, "covert", f"SELECT * FROM {name}") == there, name
    assert check(base / "covert").findings == ()


def test_rows_refer_to_the_same_things_beside_rows_of_the_covert_side(base: Path) -> None:
    """The covert side has its own of everything first, so that no number is the same."""
    with Workspace.open(base / "covert") as workspace:
        load(
            workspace.ledger,
            *(entity(ref(f"k {n}"), evidence(label=KESTREL)) for n in range(9)),
            file_hash="k",
        )
        with workspace.ledger.deciding() as deciding:
            for name in (
                "source_register",
                "lexicon_change",
                "access_grant",
                "holding",
                "removal",
                "suggestion",
            ):
                own = {"grant_id": "g9", "suggestion_id": "s9", "organisation": "own"}
                row = {**FILL[name], **{key: value for key, value in own.items() if key in FILL[name]}}
                deciding.connection.execute(insert(metadata.tables[name]), row)
            deciding.connection.execute(insert(metadata.tables["restoration"]), FILL["restoration"])
        pull(workspace)
        assert pull(workspace).records == 0
        follow(workspace)
    for statement in REFERENCES:
        there = rows(base, "open", statement)
        assert there, statement
        assert {*there} <= {*rows(base, "covert", statement)}, statement
    versions = rows(base, "covert", "SELECT version, organisation FROM source_register")
    assert versions == [(1, "own"), (2, "N")]
    # what was decided here on their suggestion a day later stays, and an earlier word of theirs is not taken
    for where, state, at in (("covert", "rejected", "2026-03-03"), ("open", "open", "2026-03-02")):
        with Workspace.open(base / where) as workspace:
            with workspace.ledger.deciding() as deciding:
                numbers = deciding.connection.exec_driver_sql(
                    "SELECT number FROM suggestion WHERE suggestion_id = 's1'"
                )
                row = {**FILL["suggestion_decision"], "number": None, "suggestion": numbers.scalar_one()}
                deciding.connection.execute(
                    insert(metadata.tables["suggestion_decision"]), {**row, "state": state, "decided_at": at}
                )
            if where == "covert":
                follow(workspace)
    with Workspace.open(base / "covert") as workspace:
        pull(workspace)
    assert rows(base, "covert", "SELECT state FROM suggestion_decision ORDER BY number") == [
        ("accepted",),
        ("rejected",),
    ]
    assert check(base / "covert").findings == ()
